import { appendFileSync, chmodSync, copyFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BegunPinOperation } from '../../src/control-contract/pins.js';
import type { DoctorCheckName } from '../../src/model/doctor.js';
import { ensureInstanceFolders } from '../../src/platform/private-folder.js';
import { sandboxPin } from '../../src/sandbox/sandbox-cards.js';
import { kortdProgram, PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { examineMachine, faultsFound, findingsOf, pathsIn } from '../support/machine-doctor.js';
import { mountOwnProc } from '../support/own-proc.js';
import { secretOf } from '../support/token-bench.js';

const instance = 'doctor-box';
const everything: readonly DoctorCheckName[] = [
  ...(['versions', 'session', 'daemon', 'files', 'settings'] as const),
  ...(['pcsc', 'readers', 'cards', 'other-programs', 'modules'] as const),
];

const proc = mountOwnProc();
const places = { proc: proc.path };
afterAll(() => proc.close());

describe('a sandbox', () => {
  const home = new PrivateHome();
  let daemon: RunningDaemon;

  beforeAll(async () => {
    daemon = await startDaemon(home, instance, ['--sandbox', '--port', '0']);
    await daemon.client.request('sandbox.insert', { card: 'tolvan' });
    await vi.waitFor(async () => expect(await cardIn(daemon, 'Tolvan 940')).toBeDefined(), { timeout: 30_000 });
  });
  afterAll(async () => {
    await daemon.stop();
    home.remove();
  });

  const examine = async (...only: readonly DoctorCheckName[]) =>
    await faultsFound({ home, instance, only, places, version: await versionOf(daemon) });

  it('that is healthy has neither faults nor warnings, and tells its cards', async () => {
    const report = await examineMachine({ home, instance, only: everything, places, version: await versionOf(daemon) });
    const found = findingsOf(report);
    expect(found.filter(({ severity }) => severity !== 'fact')).toEqual([]);
    expect(report.checks.map(({ check, state }) => [check, state])).toEqual(everything.map((name) => [name, 'ok']));
    expect(found).toContainEqual(
      expect.objectContaining({
        code: 'cards.here',
        fields: expect.objectContaining({ card: 'Tolvan 940' }) as unknown,
      }),
    );
    expect(found).toContainEqual({ code: 'pcsc.sandbox', severity: 'fact', fields: {} });
  });

  it('is examined without a command to a card, and a login can go on meanwhile', async () => {
    const { client } = daemon;
    const counts = async () => (await client.request('sandbox.list', {})).readers.map(({ apduCount }) => apduCount);
    const before = await counts();
    const reader = (await cardIn(daemon, 'Tolvan 940')) ?? '';
    await examineMachine({ home, instance, only: everything, places });
    expect(await counts()).toEqual(before);
    const lines: string[] = [];
    client.on('trace.line', ({ line }) => lines.push(line));
    await client.request('trace.start', { reader });
    const begun = await client.request('pin.begin', { operation: 'verify', card: reader });
    const [outcome] = await Promise.all([
      verify(daemon, begun, sandboxPin),
      examineMachine({ home, instance, only: everything, places }),
    ]);
    expect(outcome).toMatchObject({ after: { blocked: false } });
    await client.request('trace.stop', {});
    // One VERIFY with a PIN, the user's: the trace withholds what stands in it.
    expect(lines.filter((line) => /^> 002000..\.\.\*$/.test(line))).toHaveLength(1);
  });

  it('with an older daemon than the program is told', async () => {
    expect(await faultsFound({ home, instance, only: ['versions'], places, version: '99.0.0' })).toMatchObject([
      { code: 'versions.daemon-older', fields: { daemon: await versionOf(daemon), kort: '99.0.0' } },
    ]);
  });

  it('whose card has one try left, and then none, is told', async () => {
    const { client } = daemon;
    const wrong = async (): Promise<void> => {
      const begun = await client.request('pin.begin', {
        operation: 'verify',
        card: await cardIn(daemon, 'Tolvan 940'),
      });
      await expect(verify(daemon, begun, '000000')).rejects.toThrow();
    };
    await wrong();
    while ((await attempts(daemon)) > 1) await wrong();
    expect(await examine('cards')).toMatchObject([
      { code: 'cards.pin-low', fields: { card: 'Tolvan 940', attempts: 1 } },
    ]);
    await wrong();
    expect(await examine('cards')).toMatchObject([{ code: 'cards.pin-blocked', fields: { card: 'Tolvan 940' } }]);
    await client.request('sandbox.reset', {});
  });

  it('whose certificates were revoked is told', async () => {
    const { client } = daemon;
    // Of one that has not been asked about before: an answer counts for some time.
    await client.request('sandbox.revoke', { card: 'tolvan-ec', reason: 'keyCompromise' });
    await client.request('sandbox.insert', { card: 'tolvan-ec' });
    await expect
      .poll(async () => (await examine('cards')).map(({ code }) => code))
      .toContain('cards.certificate-revoked');
    await client.request('sandbox.remove', { reader: 'tolvan-ec' });
  });

  it('whose reader answers slowly is told', async () => {
    const { client } = daemon;
    await client.request('sandbox.insert', { card: 'tretton' });
    await client.request('sandbox.fault', { card: 'tretton', fault: { kind: 'delay', milliseconds: 200 } });
    const { readers } = await client.request('sandbox.list', {});
    const reader = readers.find(({ card }) => card === 'tretton')?.name ?? '';
    await client.request('sandbox.remove', { reader });
    await client.request('sandbox.insert', { card: 'tretton', reader });
    await expect
      .poll(async () => await examine('readers'))
      .toMatchObject([{ code: 'readers.slow', fields: { reader } }]);
    await client.request('sandbox.fault', { card: 'tretton', fault: { kind: 'none' } });
    await client.request('sandbox.remove', { reader });
  });

  it('whose log shows an error, or has grown, is told', async () => {
    const { log } = pathsIn(home, instance);
    writeFileSync(log, '', { mode: 0o600 });
    appendFileSync(log, `${JSON.stringify({ level: 50, time: Date.now(), msg: 'TEST went wrong' })}\nno JSON\n`);
    expect(await examine('daemon')).toMatchObject([
      { code: 'daemon.log-errors', fields: { count: 1, last: 'TEST went wrong' } },
    ]);
    truncateSync(log, 70 << 20);
    expect(await examine('daemon')).toMatchObject([{ code: 'daemon.log-large', fields: { megabytes: 70 } }]);
    rmSync(log);
  });

  it('of another installation is told', async () => {
    const kortd = join(home.folder, 'kortd.cjs');
    copyFileSync(kortdProgram, kortd);
    expect(await faultsFound({ home, instance, only: ['daemon'], places: { ...places, kortd } })).toMatchObject([
      { code: 'daemon.other-program', fields: { running: kortdProgram, installed: kortd } },
    ]);
  });

  it('without a reader is told', async () => {
    const { client } = daemon;
    for (const { name: reader } of (await client.request('sandbox.list', {})).readers) {
      await client.request('sandbox.removeReader', { reader });
    }
    expect(
      await faultsFound({ home, instance, only: ['readers'], places, env: { SESSIONNAME: 'ICA-tcp#1' } }),
    ).toMatchObject([{ code: 'readers.none-remote', fields: { product: 'Citrix' } }]);
  });
});

describe('a daemon that does not answer', () => {
  const home = new PrivateHome();
  const { controlSocket, runtime, log } = pathsIn(home, instance);
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  beforeAll(() => ensureInstanceFolders(pathsIn(home, instance)));
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    rmSync(controlSocket, { recursive: true, force: true });
  });
  afterAll(() => home.remove());

  const serve = async (onSocket: (socket: Socket) => void): Promise<void> => {
    const server = createServer((socket) => {
      sockets.push(socket);
      onSocket(socket);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(controlSocket, resolve));
  };
  const found = async () => await faultsFound({ home, instance, only: ['daemon'], places });

  it('was not started', async () => {
    expect(await found()).toEqual([{ code: 'daemon.absent', severity: 'fault', fields: {} }]);
  });

  it('was killed and has left its socket', async () => {
    const daemon = await startDaemon(home, instance, ['--sandbox', '--port', '0']);
    daemon.process.kill('SIGKILL');
    await once(daemon.process, 'exit');
    expect(await found()).toEqual([
      { code: 'daemon.crashed', severity: 'fault', fields: { socket: controlSocket, log } },
    ]);
  });

  it('was stopped in its tracks', async () => {
    const daemon = await startDaemon(home, instance, ['--sandbox', '--port', '0', '--experimental-idprime-writing']);
    expect((await found()).map(({ code }) => code)).toEqual(['daemon.idprime-writing']);
    daemon.process.kill('SIGSTOP');
    expect(await found()).toMatchObject([
      { code: 'daemon.silent', fields: { socket: controlSocket, pid: daemon.process.pid } },
    ]);
    daemon.process.kill('SIGCONT');
    // Its socket taken away, it serves nobody and still holds the history.
    rmSync(controlSocket);
    expect(await found()).toMatchObject([
      { code: 'daemon.absent' },
      { code: 'daemon.several', fields: { pids: String(daemon.process.pid) } },
    ]);
    daemon.process.kill('SIGKILL');
    await daemon.client.closed;
  });

  it('is none: something else took its socket', async () => {
    await serve((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await found()).toMatchObject([{ code: 'daemon.stranger', fields: { socket: controlSocket } }]);
  });

  it('is none: a file lies in its place', async () => {
    writeFileSync(controlSocket, '');
    expect(await found()).toMatchObject([{ code: 'daemon.stranger', fields: { socket: controlSocket } }]);
  });

  it('is not asked where others could have put it', async () => {
    chmodSync(runtime, 0o777);
    expect(await found()).toMatchObject([{ code: 'daemon.denied', fields: { path: runtime } }]);
    chmodSync(runtime, 0o700);
  });
});

/** A PIN of the sandbox is no secret. */
async function verify({ client }: RunningDaemon, { operationId, tickets }: BegunPinOperation, pin: string) {
  await client.sendPin(tickets.current ?? '', secretOf(pin), { lastTryConsent: true });
  return await client.request('pin.run', { operationId, lastTryConsent: true });
}

async function versionOf({ client }: RunningDaemon): Promise<string> {
  return (await client.request('daemon.status', {})).version;
}

/** The reader of a card that has been read. */
async function cardIn({ client }: RunningDaemon, label: string): Promise<string | undefined> {
  const { readers } = await client.request('status.get', {});
  return readers.find(({ token }) => token?.label === label)?.name;
}

async function attempts({ client }: RunningDaemon): Promise<number> {
  const { readers } = await client.request('status.get', {});
  const token = readers.find((reader) => reader.token?.label === 'Tolvan 940')?.token;
  return token?.pins.find(({ role }) => role === 'authentication')?.attemptsRemaining ?? 0;
}
