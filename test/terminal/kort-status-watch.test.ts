import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { StatusReport } from '../../src/control-contract/status.js';
import { openControlStage, type ControlStage } from '../support/control-stage.js';
import { kortProgram, PrivateHome } from '../support/daemon.js';
import { openTmux } from '../support/tmux.js';

let home: PrivateHome;
let stage: ControlStage;
let readers: StatusReport['readers'];

beforeEach(async () => {
  home = new PrivateHome();
  readers = [];
  mkdirSync(join(home.folder, 'run', 'kort'), { recursive: true, mode: 0o700 });
  stage = await openControlStage({
    socketPath: join(home.folder, 'run', 'kort', 'control.sock'),
    handlers: {
      'status.get': () => ({
        daemon: {
          version: '0.0.0',
          pid: 1,
          instance: 'default',
          sandbox: false,
          startedAt: '2026-01-01T00:00:00.000Z',
          loopback: { port: 14940, listening: true },
          surfaces: 1,
          openOrders: 0,
        },
        service: 'available',
        readers,
      }),
    },
  });
});
afterEach(async () => {
  await stage.close();
  home.remove();
});

it('kort status --watch follows what changes, and ends with 0 on Ctrl-C', async () => {
  const terminal = openTmux(`${process.execPath} ${kortProgram} --lang sv status --watch; echo "slut $?"`, home.env);
  try {
    await terminal.until(/Ingen kortläsare är ansluten/);
    readers = [{ name: 'Läsare 1', card: 'absent', sharing: 'unused' }];
    stage.server.notify('status.changed', {});
    expect(await terminal.until(/Läsare: Läsare 1\s+inget kort/)).not.toContain('Ingen kortläsare');
    terminal.keys('C-c');
    await terminal.until(/slut 0$/m);
  } finally {
    terminal.close();
  }
});

const readerNamed = (name: string): StatusReport['readers'][number] => ({ name, card: 'absent', sharing: 'unused' });

it('kort status --watch clears nothing on a terminal that cannot: what changed comes below', async () => {
  const terminal = openTmux(`TERM=dumb ${process.execPath} ${kortProgram} status --watch; echo "end $?"`, home.env);
  const bytes = join(home.folder, 'bytes');
  try {
    terminal.record(bytes);
    await terminal.until(/No card reader is connected/);
    // Says nothing new.
    stage.server.notify('status.changed', {});
    readers = [readerNamed('Reader 1')];
    stage.server.notify('status.changed', {});
    const screen = await terminal.until(/Reader: Reader 1/);
    expect(screen).toMatch(/^kortd [^]*No card reader is connected[^]*\n\nkortd [^]*Reader: Reader 1/);
    expect(screen.match(/No card reader is connected/g)).toHaveLength(1);
    terminal.keys('C-c');
    await terminal.until(/end 0$/m);
    expect(readFileSync(bytes, 'latin1')).not.toContain('\u001b');
  } finally {
    terminal.close();
  }
});

it.each([
  { json: false, first: /^kortd [^\u001b]*No card reader is connected/, then: /\n\nkortd [^\u001b]*Reader: Reader 1/ },
  { json: true, first: /^\{.*"readers":\[\]\}\n/, then: /^\{.*"readers":\[\]\}\n\{.*"Reader 1".*\}\n$/ },
])(
  'kort status --watch writes each report into a pipe as soon as it comes (json: $json)',
  async ({ json, ...shown }) => {
    const child = spawn(process.execPath, [kortProgram, 'status', '--watch', ...(json ? ['--json'] : [])], {
      env: home.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = once(child, 'close');
    let out = '';
    let error = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
    try {
      await expect.poll(() => out).toMatch(shown.first);
      readers = [readerNamed('Reader 1')];
      stage.server.notify('status.changed', {});
      await expect.poll(() => out).toMatch(shown.then);
      child.kill('SIGINT');
      expect(await ended).toEqual([0, null]);
      expect(error).toBe('');
      expect(out).not.toContain('\u001b');
    } finally {
      child.kill('SIGKILL');
    }
  },
);

it('kort status --watch ends with 7 when the daemon goes', async () => {
  const terminal = openTmux(`${process.execPath} ${kortProgram} status --watch; echo "end $?"`, home.env);
  try {
    await terminal.until(/No card reader is connected/);
    await stage.server.close();
    await terminal.until(/ERR_IPC_DAEMON_UNREACHABLE[^]*end 7/);
  } finally {
    terminal.close();
  }
});
