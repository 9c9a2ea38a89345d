import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kortProgram, PrivateHome } from '../support/daemon.js';
import { runProcess, type ProcessResult } from '../support/run-process.js';

interface Report {
  readonly readers: readonly { readonly name: string; readonly card?: string }[];
}

let home: PrivateHome;

const kort = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ProcessResult> =>
  runProcess('env', [
    '-i',
    ...Object.entries({ ...home.env, ...env }).map(([name, value]) => `${name}=${value ?? ''}`),
    process.execPath,
    kortProgram,
    ...args,
  ]);

const json = async (args: readonly string[]): Promise<unknown> => {
  const { stdout } = await kort([...args, '--json']);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout);
};

describe('kort without a daemon', () => {
  beforeEach(() => void (home = new PrivateHome()));
  afterEach(() => home.remove());

  it.each([['status'], ['daemon status'], ['daemon stop'], ['rp list'], ['sandbox list']])(
    '%s ends with 7 and says how to start it',
    async (line) => {
      const args = line.split(' ');
      const { code, stdout, stderr } = await kort(args, { KORT_LANG: 'sv' });
      expect({ code, stdout }).toEqual({ code: 7, stdout: '' });
      expect(stderr).toContain('kort daemon start');
      expect(await json(args)).toMatchObject({ error: { code: 'ERR_IPC_DAEMON_UNREACHABLE' } });
    },
  );

  it('speaks Swedish without any Swedish locale on the system, and English by default', async () => {
    expect((await kort(['--help'], { LANG: 'sv_SE.UTF-8' })).stdout).toContain('Så här skriver du:');
    expect((await kort(['--help'], { LC_ALL: 'C', LANG: 'sv_SE.UTF-8' })).stdout).toContain('Usage:');
    expect((await kort(['--help', '--lang=sv'], { LC_ALL: 'C' })).stdout).toContain('Så här skriver du:');
  });

  it('ends with 2 on a malformed command line', async () => {
    expect((await kort(['nonsense'])).code).toBe(2);
    expect((await kort(['--instance', 'Not/A/Name', 'status'])).code).toBe(2);
  });

  it('does not trust a runtime folder that others can use', async () => {
    const folder = join(home.folder, 'run', 'kort');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o770);
    for (const args of [['status'], ['daemon', 'start', '--port', '0']]) {
      const { code, stderr } = await kort(args);
      expect(code).toBe(5);
      expect(stderr).toContain('ERR_CONFIG_FOLDER_UNSAFE');
    }
  });

  it('explains a path that is too long for a socket', async () => {
    const { code, stderr } = await kort(['status'], { XDG_RUNTIME_DIR: `/${'x'.repeat(100)}` });
    expect(code).toBe(2);
    expect(stderr).toContain('(119 bytes, at most 100)');
  });

  it('needs a terminal for kort prompt', async () => {
    expect((await kort(['prompt'])).code).toBe(2);
  });
});

describe('kort with a sandbox daemon', () => {
  beforeAll(async () => {
    home = new PrivateHome();
    const { code, stderr } = await kort(['sandbox', 'start', '--port', '0']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
  afterAll(async () => {
    await kort(['sandbox', 'stop']);
    home.remove();
  });

  it('keeps its folders and log to itself', () => {
    for (const path of ['run/kort', 'run/kort/sandbox', 'state/kort', 'state/kort/sandbox', 'config/kort']) {
      expect(statSync(join(home.folder, path)).mode & 0o777, path).toBe(0o700);
    }
    expect(statSync(join(home.folder, 'run/kort/sandbox/control.sock')).mode & 0o777).toBe(0o600);
    expect(statSync(join(home.folder, 'state/kort/sandbox/kortd.log')).mode & 0o777).toBe(0o600);
  });

  it('is not started twice', async () => {
    const { code, stderr } = await kort(['sandbox', 'start', '--port', '0']);
    expect(code).toBe(5);
    expect(stderr).toContain('ERR_IPC_DAEMON_RUNNING');
  });

  it('tells its status in words and as JSON', async () => {
    const { stdout } = await kort(['--instance', 'sandbox', '--lang', 'sv', 'status']);
    expect(stdout).toContain('Detta är en sandlåda');
    expect(await json(['--instance', 'sandbox', 'status'])).toMatchObject({
      daemon: { instance: 'sandbox', sandbox: true, loopback: { listening: true } },
      service: 'available',
    });
    expect(await json(['--instance', 'sandbox', 'daemon', 'status'])).toMatchObject({
      instance: 'sandbox',
      surfaces: 0,
    });
  });

  it('moves and breaks cards on demand', async () => {
    const before = (await json(['sandbox', 'list'])) as Report;
    const { name, card } = before.readers.find((reader) => reader.card !== undefined)!;
    const after = (await json(['sandbox', 'remove', name])) as Report;
    expect(after.readers.find((reader) => reader.name === name)?.card).toBeUndefined();
    const back = (await json(['sandbox', 'insert', card!, name])) as Report;
    expect(back.readers.find((reader) => reader.name === name)?.card).toBe(card);
    expect((await kort(['sandbox', 'fault', card!, 'delay', '1'])).code).toBe(0);
    expect((await kort(['sandbox', 'fault', card!, 'none'])).code).toBe(0);
    const grown = (await json(['sandbox', 'add-reader', 'Third'])) as Report;
    expect(grown.readers.map((reader) => reader.name)).toContain('Third');
    expect((await kort(['sandbox', 'remove-reader', 'Third'])).code).toBe(0);
    expect((await kort(['sandbox', 'insert', 'no-such-card'])).code).toBe(2);
  });

  it('knows no relying party until one is added', async () => {
    expect(await json(['--instance', 'sandbox', 'rp', 'list'])).toEqual({ relyingParties: [] });
    const { code, stdout } = await kort(['--instance', 'sandbox', 'rp', 'show', 'urn:nobody', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ERR_CONFIG_NOT_FOUND' } });
    expect((await kort(['--instance', 'sandbox', 'rp', 'add', join(home.folder, 'nothing.json')])).code).toBe(2);
  });
});

describe('kort daemon start and stop', () => {
  beforeEach(() => void (home = new PrivateHome()));
  afterEach(() => home.remove());

  it('leave no process and no socket behind', async () => {
    const args = ['--instance', 'life'];
    const started = (await json([...args, 'daemon', 'start', '--port', '0'])) as { pid: number };
    process.kill(started.pid, 0);
    expect((await kort([...args, 'daemon', 'stop'])).code).toBe(0);
    await expect.poll(() => isAlive(started.pid), { timeout: 10_000 }).toBe(false);
    expect((await kort([...args, 'status'])).code).toBe(7);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
