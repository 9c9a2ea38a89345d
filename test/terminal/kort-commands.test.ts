import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect } from '../../src/client/client.js';
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

  it.each([
    ['status', 'ERR_IPC_DAEMON_UNREACHABLE', '”kort daemon start”'],
    ['daemon status', 'ERR_IPC_DAEMON_UNREACHABLE', '”kort daemon start”'],
    ['daemon stop', 'ERR_IPC_DAEMON_UNREACHABLE', '”kort daemon start”'],
    ['rp list', 'ERR_IPC_DAEMON_UNREACHABLE', '”kort daemon start”'],
    ['--instance ward status', 'ERR_IPC_DAEMON_UNREACHABLE', '”kort daemon start --instance ward”'],
    ['sandbox list', 'ERR_SANDBOX_NOT_RUNNING', '”kort sandbox start”'],
    ['sandbox stop', 'ERR_SANDBOX_NOT_RUNNING', '”kort sandbox start”'],
  ])('%s ends with 7 and says how to start it', async (line, error, next) => {
    const args = line.split(' ');
    const { code, stdout, stderr } = await kort(args, { KORT_LANG: 'sv' });
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' });
    expect(stderr).toContain(next);
    expect(await json(args)).toMatchObject({ error: { code: error } });
  });

  it.each([['XDG_STATE_HOME'], ['XDG_CONFIG_HOME'], ['XDG_RUNTIME_DIR']])(
    'names a file in the way of %s',
    async (name) => {
      const file = join(home.folder, 'file');
      writeFileSync(file, '');
      const { code, stderr } = await kort(['daemon', 'start', '--port', '0'], { [name]: file });
      expect(code).toBe(2);
      expect(stderr).toContain(`${join(file, 'kort')} (a folder is needed here, but there is a file in the way)`);
    },
  );

  it('tells the rule for names of instances', async () => {
    expect((await kort(['--instance', 'Not/A/Name', 'status'])).stderr).toContain('1 to 32 characters of a-z, 0-9');
  });

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

describe('kort with a sandbox of another name that is gone', () => {
  beforeAll(() => void (home = new PrivateHome()));
  afterAll(() => home.remove());

  it('says how that is started again', async () => {
    const ward = ['--instance', 'ward'];
    const { pid } = (await json([...ward, 'sandbox', 'start', '--hardware-only'])) as { pid: number };
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 30_000 }).toBe(false);
    for (const line of ['status', 'daemon stop', 'rp list', 'sandbox list']) {
      const { code, stderr } = await kort([...ward, ...line.split(' ')]);
      expect(code).toBe(7);
      expect(stderr).toContain('"kort sandbox start --instance ward"');
      expect(stderr).not.toContain('kort daemon start');
    }
    expect((await kort(['sandbox', 'start', ...ward, '--hardware-only'])).code).toBe(0);
    expect((await kort(['status', ...ward])).stdout).toContain('Only virtual readers and cards run here');
    expect((await kort(['sandbox', 'stop', ...ward])).code).toBe(0);
    // What never was one is not taken for one, nor is the ordinary instance for the folder of those that were.
    expect((await kort(['status'])).stderr).toContain('"kort daemon start"');
    expect((await kort(['status', '--instance', 'other'])).stderr).toContain('"kort daemon start --instance other"');
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
    expect(stderr).toContain('ERR_SANDBOX_RUNNING');
    expect(stderr).toContain('kort sandbox stop');
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

  const shell = async (line: string): Promise<string> => {
    const env = Object.entries(home.env).map(([name, value]) => `${name}=${value ?? ''}`);
    const { stdout, stderr } = await runProcess('env', ['-i', ...env, 'bash', '-c', line]);
    return stdout + stderr;
  };

  it.each([
    ...['--help', 'pin status', 'certificate list', 'expiry', 'rp show urn:kort:sandbox:issuer', 'history'],
    ...['history export -', 'setting list', 'completion bash'],
  ])('kort %s says nothing where nobody reads', async (line) => {
    const command = `${process.execPath} ${kortProgram} --instance sandbox ${line}`;
    expect(await shell(`${command} | true`)).toBe('');
  });

  it('kort doctor says nothing where nobody reads, and ends like other programs that are cut short', async () => {
    const command = `${process.execPath} ${kortProgram} --instance sandbox doctor`;
    expect(await shell(`${command} | head -1 | wc -l; echo \${PIPESTATUS[0]}`)).toMatch(/^\s*1\n141\n$/);
    expect(await shell(`${command} --json --check versions | true; echo \${PIPESTATUS[0]}`)).toBe('0\n');
  });

  it('ends quietly when nobody reads on', async () => {
    const program = `${process.execPath} ${kortProgram} --instance sandbox`;
    expect(await shell(`${program} status --json | true`)).toBe('');
    expect(await shell(`${program} status | head -1`)).toMatch(/^kortd [^\n]*\n$/);
    const watch = { isOver: false };
    const watching = shell(`${program} status --watch --json | head -1 | wc -l; echo ended`).finally(() => {
      watch.isOver = true;
    });
    // One after the other, and to their end: what is left running would move cards under the tests that follow.
    while (!watch.isOver) {
      await kort(['sandbox', 'remove', 'tolvan']);
      await kort(['sandbox', 'insert', 'tolvan', 'Sandbox Reader 1']);
    }
    expect(await watching).toMatch(/^\s*1\nended\n$/);
  });

  it('refuses reader names that will not do, and says why', async () => {
    const add = async (name: string) => (await kort(['sandbox', 'add-reader', name])).stderr;
    expect(await add('Sandbox Reader 1')).toContain('there is a reader named Sandbox Reader 1 already');
    expect(await add('x'.repeat(200))).toContain('1 to 127 bytes');
    // Thirty programs, one after the other, would take a busy machine a minute.
    const client = await connect({ socketPath: join(home.folder, 'run', 'kort', 'sandbox', 'control.sock') });
    const more = Array.from({ length: 14 }, (_, index) => `R${index + 3}`);
    try {
      for (const name of more) await client.request('sandbox.addReader', { name });
      expect(await add('R17')).toContain('there are 16 readers already');
    } finally {
      for (const reader of more) await client.request('sandbox.removeReader', { reader });
      client.close();
    }
  });

  it('pulls a card by its own name, and says when one was moved', async () => {
    const pulled = (await json(['sandbox', 'remove', 'tolvan'])) as Report;
    expect(pulled.readers.every((reader) => reader.card === undefined)).toBe(true);
    expect((await kort(['sandbox', 'remove', 'tolvan'])).code).toBe(3);
    await kort(['sandbox', 'insert', 'tolvan', 'Sandbox Reader 2']);
    const { stdout } = await kort(['sandbox', 'insert', 'tolvan', 'Sandbox Reader 1']);
    expect(stdout).toBe('Card tolvan was moved from Sandbox Reader 2 to Sandbox Reader 1.\n');
    const { stdout: out } = await kort(['sandbox', 'remove', 'Sandbox Reader 1', '--lang', 'sv']);
    expect(out).toBe('Kortet tolvan togs ut ur Sandbox Reader 1.\n”kort sandbox insert tolvan” sätter i det igen.\n');
    expect((await kort(['sandbox', 'insert', 'tolvan'])).stdout).toBe('Card tolvan is in Sandbox Reader 1 now.\n');
  });

  it('shows armed faults, and reset clears them', async () => {
    await kort(['sandbox', 'fault', 'tolvan', 'silence', '--command', '500']);
    await kort(['sandbox', 'fault', 'tolvan', 'reset', '--command', '501']);
    await kort(['sandbox', 'fault', 'tolvan', 'status-after', '6f00', '--command', '502']);
    await kort(['sandbox', 'fault', 'tolvan', 'short', '1', '--command', '503']);
    await kort(['sandbox', 'fault', 'tolvan', 'real-card']);
    const { stdout } = await kort(['sandbox', 'list']);
    expect(stdout).toMatch(
      /faults set: silence --command \d+, reset --command \d+, status-after 6f00 --command \d+, short 1 --command \d+, real-card/,
    );
    expect(stdout).toContain('PIN 123456 and PUK 12345678');
    const { stdout: after } = await kort(['sandbox', 'reset']);
    expect(after).toContain('Readers:');
    expect(after).not.toContain('faults set');
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

  it('has an issuer with certificates waiting, that can be ordered and made to fail', async () => {
    const { stdout } = await kort(['sandbox', 'issuer']);
    expect(stdout).toMatch(/^Issuer: https:\/\/127\.0\.0\.1:\d+\n/);
    expect(stdout).toContain('extra waits for Tolvan Tolvansson (tolvan)\n');
    expect(stdout).toContain('reserve-extension waits for Tretton Trettonsson (tretton)\n');
    expect(stdout).toMatch(/The issuer works as usual\.\n$/);
    const ordered = await kort(['sandbox', 'order', 'tolvan-piv', '--kind', 'renewal']);
    expect(ordered.stdout).toBe('renewal waits for Tolvan Tolvansson at the issuer now.\n');
    expect((await kort(['sandbox', 'list'])).stdout).toContain('renewal waits for Tolvan Tolvansson (tolvan-piv)\n');
    expect((await kort(['sandbox', 'issuer', '--fault', 'slow'])).stdout).toContain('The issuer has the fault slow.');
    expect((await kort(['sandbox', 'order', 'nobody'])).code).toBe(2);
    const { stdout: after } = await kort(['sandbox', 'reset']);
    expect(after).toContain('The issuer works as usual.');
    expect(after).not.toContain('tolvan-piv)\n');
  });

  it('knows its own issuer alone, which cannot be removed, until a relying party is added', async () => {
    expect(await json(['--instance', 'sandbox', 'rp', 'list'])).toMatchObject({
      relyingParties: [{ clientId: 'urn:kort:sandbox:issuer', displayName: { en: 'Sandbox Issuer' } }],
    });
    const listed = await kort(['--instance', 'sandbox', 'rp', 'list']);
    expect(listed.stdout).toBe('urn:kort:sandbox:issuer  Sandbox Issuer  (part of the sandbox)\n');
    const removed = await kort(['--instance', 'sandbox', 'rp', 'remove', 'urn:kort:sandbox:issuer', '--yes']);
    expect(removed.code).toBe(5);
    expect(removed.stderr).toContain('part of the sandbox and cannot be removed');
    const { code, stdout } = await kort(['--instance', 'sandbox', 'rp', 'show', 'urn:nobody', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'ERR_CONFIG_NOT_FOUND' } });
    expect((await kort(['--instance', 'sandbox', 'rp', 'add', join(home.folder, 'nothing.json')])).code).toBe(2);
  });
});

describe('kort sandbox start --hardware-only', () => {
  beforeAll(async () => {
    home = new PrivateHome();
    expect((await kort(['sandbox', 'start', '--hardware-only'])).stderr).toBe('');
  });
  afterAll(async () => {
    await kort(['sandbox', 'stop']);
    home.remove();
  });

  it('has a status that says what runs there', async () => {
    const { code, stdout } = await kort(['--instance', 'sandbox', 'status']);
    expect(code).toBe(0);
    expect(stdout).toContain('Only virtual readers and cards run here');
    expect((await kort(['--instance', 'sandbox', 'daemon', 'status'])).stdout).not.toContain('port 0');
  });
});

describe('kort sandbox demo', () => {
  beforeEach(() => {
    home = new PrivateHome();
    home.env['TMPDIR'] = home.folder;
  });
  afterEach(() => home.remove());

  const demo = async (input: string, redirect = '|'): Promise<ProcessResult> => {
    const env = Object.entries(home.env).map(([name, value]) => `${name}=${value ?? ''}`);
    const program = `${process.execPath} ${kortProgram} sandbox demo --pin-stdin --json`;
    const line = redirect === '|' ? `printf '${input}' | ${program}` : `${program} ${redirect}`;
    return await runProcess('env', ['-i', ...env, 'sh', '-c', line]);
  };

  it('takes the PIN from standard input', async () => {
    const { code, stdout } = await demo('123456\\n');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ verified: true });
  });

  it('ends with 5 when it is interrupted while it starts', async () => {
    const child = spawn(process.execPath, [kortProgram, 'sandbox', 'demo', '--json'], { env: home.env, stdio: 'pipe' });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    const ended = new Promise((resolve) => child.once('close', resolve));
    await expect
      .poll(() => readdirSync(home.folder).some((name) => name.startsWith('kort-demo-')), {
        interval: 5,
        timeout: 30_000,
      })
      .toBe(true);
    // Its handlers are set in the same turn in which the folder is made.
    child.kill('SIGINT');
    expect(await ended).toBe(5);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'ERR_ABORTED' } });
  });

  it('ends with 4 for a wrong PIN, and for one that no card can have', async () => {
    const wrong = await demo('999999\\n');
    expect(wrong.code).toBe(4);
    expect(JSON.parse(wrong.stdout)).toMatchObject({ error: { code: 'ERR_PIN_WRONG' } });
    const short = await demo('12\\n');
    expect(short.code).toBe(4);
    expect(JSON.parse(short.stdout)).toMatchObject({ error: { code: 'ERR_PIN_MALFORMED' } });
  });

  it.each(['</dev/null', '<&-'])('says that there is no PIN with %s', async (redirect) => {
    const { code, stdout } = await demo('', redirect);
    expect(code).toBe(2);
    expect(stdout).toContain('no PIN on standard input');
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
    await expect.poll(() => isAlive(started.pid), { timeout: 30_000 }).toBe(false);
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
