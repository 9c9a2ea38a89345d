import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCardHooks, type CardHookEvent, type CardHooks } from '../../../src/platform/card-hooks.js';
import { recordingLogger, type RecordingLogger } from '../../support/recording-logger.js';

let root: string;
let folder: string;
let logger: RecordingLogger;
let hooks: CardHooks;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kort-hooks-'));
  folder = join(root, 'hooks.d');
  mkdirSync(folder);
  logger = recordingLogger();
  hooks = createCardHooks({ folders: [join(root, 'absent'), folder], logger });
});
afterEach(async () => {
  await hooks.close();
  rmSync(root, { recursive: true });
});

const write = (text: string, { name = 'on-insert', mode = 0o755, into = folder } = {}): string => {
  const path = join(into, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
};
const inserted: CardHookEvent = { name: 'on-insert', reader: 'TEST Reader 00 00', token: 'card:1' };
const lines = (message: string) => logger.lines.filter((line) => line.message === message);
const untilLogged = async (message: string, count = 1): Promise<void> =>
  await vi.waitFor(() => expect(lines(message)).toHaveLength(count), { timeout: 8_000 });

describe('createCardHooks()', () => {
  it('runs a program, with what happened in its environment and nothing in its arguments', async () => {
    write(
      `#!/bin/sh\nprintf '%s|%s|%s|%s|' "$#" "$KORT_EVENT" "$KORT_READER" "$KORT_TOKEN" >${root}/out\nenv >>${root}/out\n`,
    );
    process.env['KORT_TEST_SECRET'] = 'SECRET';
    hooks.run({ ...inserted, reader: 'A "$(touch evil)"; `x` \0B' });
    delete process.env['KORT_TEST_SECRET'];
    await untilLogged('Hook ended');
    const told = readFileSync(join(root, 'out'), 'utf8');
    expect(told.startsWith('0|on-insert|A "$(touch evil)"; `x` B|card:1|')).toBe(true);
    expect(told).not.toContain('SECRET');
    expect(told).toContain('PATH=/usr/local/bin:/usr/bin:/bin\n');
    expect(existsSync(join(folder, 'evil'))).toBe(false);
  });

  it('tells of a card that could not be read without a token', async () => {
    write(`#!/bin/sh\necho "\${KORT_TOKEN-none}"\n`, { name: 'on-remove' });
    hooks.run({ name: 'on-remove', reader: 'A', token: undefined });
    await untilLogged('Hook ended');
    expect(lines('Hook ended')[0]?.fields).toMatchObject({ code: 0, output: 'none\n' });
  });

  it('runs the program of each folder, and only that of the event', async () => {
    const other = join(root, 'other');
    mkdirSync(other);
    write(`#!/bin/sh\necho one\n`);
    write(`#!/bin/sh\necho two\n`, { into: other });
    write(`#!/bin/sh\necho three\n`, { name: 'on-remove' });
    hooks = createCardHooks({ folders: [folder, other], logger });
    hooks.run(inserted);
    await untilLogged('Hook ended', 2);
    expect(
      lines('Hook ended')
        .map(({ fields }) => fields['output'])
        .toSorted(),
    ).toEqual(['one\n', 'two\n']);
  });

  it.each<[string, () => void]>([
    ['a file that others may write', () => void write('#!/bin/sh\ntouch ran\n', { mode: 0o777 })],
    ['a file that the group may write', () => void write('#!/bin/sh\ntouch ran\n', { mode: 0o775 })],
    [
      'a folder that others may write',
      () => {
        write('#!/bin/sh\ntouch ran\n');
        chmodSync(folder, 0o777);
      },
    ],
    [
      'a link to a file that others may write',
      () => symlinkSync(write('#!/bin/sh\ntouch ran\n', { into: root, mode: 0o777 }), join(folder, 'on-insert')),
    ],
    ['a folder in its place', () => mkdirSync(join(folder, 'on-insert'))],
  ])('does not use %s', (_, make) => {
    make();
    hooks.run(inserted);
    expect(lines('Hook is not used')).toHaveLength(1);
  });

  it.each([
    ['is not executable', '#!/bin/sh\n', 0o644],
    ['is no program', 'nonsense', 0o755],
    ['fails', '#!/bin/sh\necho because >&2\nexit 7\n', 0o755],
    ['kills itself', '#!/bin/sh\nkill -9 $$\n', 0o755],
    ['names an interpreter that is not there', '#!/does/not/exist\n', 0o755],
  ])('bears a program that %s', async (_, text, mode) => {
    write(text, { mode });
    hooks.run(inserted);
    await untilLogged('Hook failed');
  });

  it('tells how a program failed', async () => {
    write('#!/bin/sh\necho because >&2\nexit 7\n');
    hooks.run(inserted);
    await untilLogged('Hook failed');
    expect(lines('Hook failed')[0]?.fields).toMatchObject({ code: 7, output: 'because\n' });
  });

  it('keeps the beginning of what is said, and lets a talkative program end', async () => {
    write('#!/bin/sh\nhead -c 3000000 /dev/zero | tr "\\0" x\n');
    hooks.run(inserted);
    await untilLogged('Hook ended');
    expect(lines('Hook ended')[0]?.fields['output']).toBe('x'.repeat(4096));
  });

  it('ends a program that goes on for too long, with what it has started', async () => {
    hooks = createCardHooks({ folders: [folder], logger, timeoutMs: 300 });
    write(`#!/bin/sh\nsleep 600 &\necho $! >${root}/child\nsleep 600\n`);
    hooks.run(inserted);
    await untilLogged('Hook failed');
    expect(lines('Hook failed')[0]?.fields).toMatchObject({ timedOut: true, signal: 'SIGKILL' });
    const child = Number(readFileSync(join(root, 'child'), 'utf8'));
    await vi.waitFor(() => expect(isRunning(child)).toBe(false), { timeout: 8_000 });
  });

  it('does not wait for what a program leaves running with its output open', async () => {
    hooks = createCardHooks({ folders: [folder], logger, timeoutMs: 300 });
    write('#!/bin/sh\nsetsid sleep 5 &\n');
    hooks.run(inserted);
    await vi.waitFor(() => expect(logger.lines).toHaveLength(1), { timeout: 8_000 });
  });

  it('runs four at once, lets sixteen wait and leaves out the rest', async () => {
    write(`#!/bin/sh\necho >>${root}/started\nwhile [ ! -e ${root}/go ]; do sleep 0.02; done\n`);
    for (let count = 0; count < 25; count += 1) hooks.run(inserted);
    expect(lines('Hook is left out, since too many wait already')).toHaveLength(5);
    const started = (): number => (existsSync(join(root, 'started')) ? readFileSync(join(root, 'started')).length : 0);
    await vi.waitFor(() => expect(started()).toBe(4), { timeout: 8_000 });
    await delay(100);
    expect(started()).toBe(4);
    writeFileSync(join(root, 'go'), '');
    await untilLogged('Hook ended', 20);
  });

  it('ends what runs when it is closed, and starts nothing more', async () => {
    write(`#!/bin/sh\necho $$ >>${root}/pid\nsleep 600\n`);
    for (let count = 0; count < 6; count += 1) hooks.run(inserted);
    await vi.waitFor(() => expect(readFileSync(join(root, 'pid'), 'utf8').trim().split('\n')).toHaveLength(4), {
      timeout: 8_000,
    });
    await hooks.close();
    const pids = readFileSync(join(root, 'pid'), 'utf8').trim().split('\n').map(Number);
    expect(pids.map(isRunning)).toEqual([false, false, false, false]);
  });
});

function isRunning(pid: number): boolean {
  try {
    // A zombie that init has not yet taken care of runs no more.
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
