import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kortdProgram, PrivateHome, startDaemon } from '../support/daemon.js';
import { freePorts } from '../support/free-ports.js';
import { pidInProc } from '../support/own-proc.js';

let home: PrivateHome;
beforeEach(() => {
  home = new PrivateHome({ PCSCLITE_CSOCK_NAME: '/nonexistent/pcscd.comm' });
});
afterEach(() => home.remove());

const start = (args: readonly string[] = ['--port', '0']) => startDaemon(home, 'life', args);
const stateOf = (name: string): string => join(home.folder, 'state', 'kort', 'life', name);

async function endOf(args: readonly string[]): Promise<{ code: number | null; log: string }> {
  const child = spawn(process.execPath, [kortdProgram, ...args], {
    env: home.env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, log };
}

describe('kortd', () => {
  it('says that no PC/SC service answers, and serves everything else', async () => {
    const daemon = await start();
    const status = await daemon.client.request('status.get', {});
    expect(status).toMatchObject({ service: 'absent', readers: [], daemon: { loopback: { listening: true } } });
    expect(await daemon.stop()).toBe(0);
  });

  it('refuses a second daemon of the same instance, which touches nothing of the first', async () => {
    const daemon = await start();
    const second = await endOf(['--instance', 'life', '--port', '0']);
    expect(second.code).toBe(1);
    expect(second.log).toContain('ERR_IPC_DAEMON_RUNNING');
    expect(await daemon.client.request('daemon.status', {})).toMatchObject({ instance: 'life' });
    await daemon.stop();
  });

  it('ends with 2 on an unknown option', async () => {
    expect((await endOf(['--pin', '1234'])).code).toBe(2);
  });

  it('goes on without its loopback endpoint while the port is taken, names who has it, and serves it when it is free', async () => {
    const squatter = createServer();
    const [port = 0] = await freePorts(1);
    squatter.listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    const daemon = await start(['--port', String(port)]);
    await expect
      .poll(async () => (await daemon.client.request('daemon.status', {})).loopback)
      .toMatchObject({
        port,
        listening: false,
        problemCode: 'ERR_OOB_PORT_TAKEN',
        owner: expect.stringContaining(`(${pidInProc})`),
      });
    squatter.close();
    await expect
      .poll(async () => (await daemon.client.request('daemon.status', {})).loopback)
      .toEqual({ port, listening: true });
    expect(await daemon.stop()).toBe(0);
  });

  it('keeps a damaged history aside and begins a new one that says so', async () => {
    mkdirSync(stateOf('.'), { recursive: true, mode: 0o700 });
    writeFileSync(stateOf('history.jsonl'), 'not a history\n', { mode: 0o600 });
    const daemon = await start();
    const { entries } = await daemon.client.request('history.recent', { limit: 10 });
    expect(entries).toMatchObject([{ sequence: 1, event: { kind: 'damaged-file' } }]);
    const kept = readdirSync(stateOf('.')).find((name) => name.startsWith('history.jsonl.damaged-'))!;
    expect(readFileSync(join(stateOf(kept), 'history.jsonl'), 'utf8')).toBe('not a history\n');
    await daemon.stop();
  });

  it('skips a relying-party file that it cannot use and keeps the others', async () => {
    const folder = join(home.folder, 'config', 'kort', 'life', 'relying-parties.d');
    for (const path of [join(home.folder, 'config', 'kort'), join(home.folder, 'config', 'kort', 'life'), folder]) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
    }
    writeFileSync(join(folder, 'broken.json'), '{');
    const daemon = await start();
    expect(await daemon.client.request('rp.list', {})).toEqual({
      relyingParties: [],
      skipped: [expect.objectContaining({ path: join(folder, 'broken.json'), reason: 'fileNotJson' })],
    });
    expect(daemon.log()).toContain('broken.json');
    await daemon.stop();
  });

  it('stops on SIGTERM with exit code 0 and leaves no socket', async () => {
    const daemon = await start();
    daemon.process.kill('SIGTERM');
    const [code] = (await once(daemon.process, 'exit')) as [number | null];
    expect(code).toBe(0);
    expect(readdirSync(join(home.folder, 'run', 'kort', 'life'))).toEqual([]);
    daemon.client.close();
  });
});
