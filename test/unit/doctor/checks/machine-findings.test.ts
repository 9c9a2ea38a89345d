import { describe, expect, it } from 'vitest';
import type { StatusReport } from '../../../../src/control-contract/status.js';
import { MiddlewareError } from '../../../../src/core/errors.js';
import { cardsCheck } from '../../../../src/doctor/checks/cards.js';
import { daemonCheck, type DaemonPorts } from '../../../../src/doctor/checks/daemon.js';
import { pcscCheck, type PcscLook, type PcscPorts } from '../../../../src/doctor/checks/pcsc.js';
import { readersCheck, type ReadersPorts } from '../../../../src/doctor/checks/readers.js';
import { sessionCheck, type SessionPorts } from '../../../../src/doctor/checks/session.js';
import { isOlder } from '../../../../src/doctor/checks/versions.js';
import type { DoctorCheck, DoctorDaemon } from '../../../../src/doctor/doctor-check.js';
import { redirectedBy, remoteProduct } from '../../../../src/doctor/remote-desktop.js';

const absent = new MiddlewareError('ERR_IPC_DAEMON_UNREACHABLE', 'No daemon', { fields: { reason: 'absent' } });
const nobody: DoctorDaemon = { ask: () => Promise.reject(absent) };
const daemonStatus: StatusReport['daemon'] = {
  version: '1.0.0',
  pid: 7,
  instance: 'default',
  sandbox: false,
  startedAt: '2026-01-01T00:00:00.000Z',
  loopback: { port: 1, listening: true },
  surfaces: 0,
  openOrders: 0,
};

/** A daemon that answers with these and refuses all else. */
function daemonWith(answers: Readonly<Record<string, unknown>>): DoctorDaemon {
  return {
    ask: (method) =>
      Object.hasOwn(answers, method) ? Promise.resolve(answers[method] as never) : Promise.reject(absent),
  };
}

const available: PcscLook = { socket: 'answers', service: { state: 'available', readers: [] } };
const seen = (...names: readonly string[]): PcscLook => ({
  socket: 'answers',
  service: { state: 'available', readers: names.map((name) => ({ name, card: 'absent', sharing: 'unused' })) },
});

async function codes(check: DoctorCheck): Promise<readonly string[]> {
  const outcome = await check.run(new AbortController().signal);
  return 'notTried' in outcome ? [`notTried ${outcome.notTried.code}`] : outcome.map(({ code }) => code);
}

describe('remoteProduct()', () => {
  it.each([
    [{ SESSIONNAME: 'ICA-tcp#3' }, [], 'Citrix'],
    [{ SESSIONNAME: 'RDP-Tcp#0' }, [], 'RDP'],
    [{ XRDP_SESSION: '1' }, [], 'xrdp'],
    [{ ViewClient_Machine_Name: 'TEST' }, [], 'VMware Horizon'],
    [{}, ['bash', 'xrdp-sesman', 'systemd'], 'xrdp'],
    [{}, ['bash', 'Xtigervnc'], 'VNC'],
    [{ SESSIONNAME: 'Console', XRDP_SESSION: '' }, ['bash', 'login'], undefined],
  ])('%j below %j is %s', (env, ancestors, product) => {
    expect(remoteProduct({ env, ancestors })).toBe(product);
  });
});

describe('redirectedBy()', () => {
  it.each([
    ['Citrix Virtual Reader 0', 'Citrix'],
    ['VMware Virtual Smart Card 00 00', 'VMware Horizon'],
    ['OMNIKEY CardMan 3121 00 00', undefined],
  ])('%s: %s', (name, product) => expect(redirectedBy(name)).toBe(product));
});

describe('isOlder()', () => {
  it.each([
    ['20.18.9', '20.19', true],
    ['v20.19.0', '20.19', false],
    ['20.20.1', '20.19', false],
    ['9.0', '20.19', true],
    ['1.2', '1.2.1', true],
    ['1.2.1-rc.1', '1.2.1', false],
  ])('%s before %s: %s', (version, than, older) => expect(isOlder(version, than)).toBe(older));
});

describe('sessionCheck()', () => {
  const ports: SessionPorts = {
    env: { XDG_RUNTIME_DIR: '/run/user/7', LANG: 'sv_SE.UTF-8' },
    uid: 7,
    runtime: '/run/user/7/kort',
    daemon: nobody,
    system: () => Promise.resolve({ name: 'TEST', kernel: '6', isWsl: false }),
    ancestors: () => Promise.resolve([]),
    lookAt: () => Promise.resolve({ kind: 'folder', uid: 7, owner: 'test', mode: 0o700 }),
    userManager: () => Promise.resolve('running'),
  };
  const session = async (more: Partial<SessionPorts>) => await codes(sessionCheck({ ...ports, ...more }));

  it('tells kinds of sessions apart', async () => {
    expect(await session({})).toEqual(['session.console']);
    expect(await session({ env: { ...ports.env, WAYLAND_DISPLAY: 'wayland-0' } })).toEqual(['session.desktop']);
    expect(await session({ env: { ...ports.env, SSH_CONNECTION: '::1 1 ::1 22' } })).toEqual(['session.ssh']);
    expect(await session({ ancestors: () => Promise.resolve(['bash', 'xrdp-sesman']) })).toEqual(['session.remote']);
    const inside = { name: 'TEST', kernel: '6', isWsl: true, container: 'Docker' };
    expect(await session({ system: () => Promise.resolve(inside) })).toEqual(['session.container', 'session.wsl']);
  });

  it('warns of root, but not in a sandbox', async () => {
    const root = {
      uid: 0,
      lookAt: () => Promise.resolve({ kind: 'folder', uid: 0, owner: 'root', mode: 0o700 } as const),
    };
    expect(await session(root)).toEqual(['session.root', 'session.console']);
    const daemon = daemonWith({ 'daemon.status': { ...daemonStatus, sandbox: true } });
    expect(await session({ ...root, daemon })).toEqual(['session.console']);
  });

  it('tells of a user without a session of systemd, and of no runtime folder', async () => {
    const env = { LANG: 'C' };
    expect(await session({ env, userManager: () => Promise.resolve('absent') })).toEqual([
      'session.runtime-unset',
      'session.no-user-manager',
      'session.console',
    ]);
  });
});

describe('daemonCheck()', () => {
  const ports: DaemonPorts = {
    socket: '/run/kort/control.sock',
    runtime: '/run/kort',
    log: '/state/kortd.log',
    installed: '/opt/kort/kortd.cjs',
    now: () => Date.parse('2026-02-01T00:00:00Z'),
    daemon: daemonWith({ 'daemon.status': daemonStatus }),
    lookAt: () => Promise.resolve(undefined),
    processes: () => Promise.resolve(undefined),
    readLog: () => Promise.resolve(undefined),
  };
  const running = { pid: 7, program: '/opt/kort/kortd.cjs', programExists: true, arguments: [] };
  const daemon = async (more: Partial<DaemonPorts>) => await codes(daemonCheck({ ...ports, ...more }));

  it('has nothing to say where the system does not tell about processes', async () => {
    expect(await daemon({})).toEqual(['daemon.here']);
  });

  it('names a program that was removed under the running daemon, and a second daemon', async () => {
    const processes = [
      { ...running, programExists: false },
      { ...running, pid: 8 },
    ];
    expect(await daemon({ processes: () => Promise.resolve(processes) })).toEqual([
      'daemon.program-gone',
      'daemon.here',
      'daemon.several',
    ]);
  });

  it('counts errors of the last day where no daemon runs, and since the start of one that does', async () => {
    const time = Date.parse('2026-01-15T00:00:00Z');
    const readLog = () => Promise.resolve({ bytes: 1, errors: [{ time, message: 'TEST' }] });
    expect(await daemon({ readLog })).toContain('daemon.log-errors');
    expect(await daemon({ readLog, daemon: nobody })).toEqual(['daemon.absent']);
  });

  it('a daemon that runs under other rules is denied or a stranger, as its error says', async () => {
    const refusing = (code: 'ERR_IPC_UNAUTHORIZED' | 'ERR_IPC_PROTOCOL'): DoctorDaemon => ({
      ask: () => Promise.reject(new MiddlewareError(code, 'TEST')),
    });
    expect(await daemon({ daemon: refusing('ERR_IPC_UNAUTHORIZED') })).toEqual(['daemon.denied']);
    expect(await daemon({ daemon: refusing('ERR_IPC_PROTOCOL') })).toEqual(['daemon.stranger']);
  });
});

describe('pcscCheck()', () => {
  const ports: PcscPorts = {
    platform: 'linux',
    socket: '/run/pcscd/pcscd.comm',
    namedSocket: undefined,
    silentAfterMs: 1000,
    daemon: nobody,
    look: () => Promise.resolve(available),
    lookAt: () => Promise.resolve(undefined),
    setup: () => Promise.resolve({ isInstalled: true, driverFolder: '/drivers', hasDriver: true }),
  };
  const pcsc = async (more: Partial<PcscPorts>) => await codes(pcscCheck({ ...ports, ...more }));
  const service = (state: PcscLook['service']['state']) => () =>
    Promise.resolve<PcscLook>({ socket: 'answers', service: { state, readers: [] } });

  it('names the one cause', async () => {
    expect(await pcsc({})).toEqual(['pcsc.here']);
    expect(await pcsc({ look: service('refused') })).toEqual(['pcsc.refused']);
    expect(await pcsc({ look: service('failed') })).toEqual(['pcsc.failed']);
    expect(await pcsc({ look: service('library-missing') })).toEqual(['pcsc.library-missing']);
  });

  it('names a service that answers here and not the daemon', async () => {
    const daemon = daemonWith({ 'status.get': { daemon: daemonStatus, service: 'absent', readers: [] } });
    expect(await pcsc({ daemon })).toEqual(['pcsc.daemon-blind', 'pcsc.here']);
  });

  it('is not tried on other systems, and does not concern a sandbox', async () => {
    expect(await pcsc({ platform: 'darwin' })).toEqual(['notTried pcsc.not-tried']);
    const sandbox = { daemon: { ...daemonStatus, sandbox: true }, service: 'available', readers: [] };
    expect(await pcsc({ daemon: daemonWith({ 'status.get': sandbox }) })).toEqual(['pcsc.sandbox']);
  });
});

describe('readersCheck()', () => {
  const ports: ReadersPorts = {
    env: {},
    daemon: nobody,
    look: () => Promise.resolve(available),
    system: () => Promise.resolve({ name: 'TEST', kernel: '6', isWsl: false }),
    ancestors: () => Promise.resolve([]),
    usbReaders: () => Promise.resolve(undefined),
  };
  const readers = async (more: Partial<ReadersPorts>) => await codes(readersCheck({ ...ports, ...more }));
  const usb = (name: string, driver?: string) => ({ id: '08e6:3437', name, ...(driver && { driver }) });

  it('says why there are none', async () => {
    expect(await readers({})).toEqual(['readers.none']);
    const system = { name: 'TEST', kernel: '6', isWsl: true };
    expect(await readers({ system: () => Promise.resolve(system) })).toEqual(['readers.none-wsl']);
    expect(await readers({ system: () => Promise.resolve({ ...system, isWsl: false, container: 'Docker' }) })).toEqual([
      'readers.none-container',
    ]);
    expect(await readers({ env: { XRDP_SESSION: '1' } })).toEqual(['readers.none-remote']);
  });

  it('takes readers on the bus for those of the service by their names, or else by their number', async () => {
    const look = () => Promise.resolve(seen('TEST Maker Reader 300 [CCID Interface] (1) 00 00'));
    const one = [usb('Reader 300', 'usbfs')];
    expect(await readers({ look, usbReaders: () => Promise.resolve(one) })).toEqual(['readers.here']);
    expect(await readers({ look, usbReaders: () => Promise.resolve([usb('Other name', 'usbfs')]) })).toEqual([
      'readers.here',
    ]);
    const two = [...one, usb('Reader 400')];
    expect(await readers({ look, usbReaders: () => Promise.resolve(two) })).toEqual([
      'readers.unclaimed',
      'readers.here',
    ]);
  });

  it('tells readers that are none, that come from afar, and that are too many', async () => {
    const names = Array.from({ length: 16 }, (_, index) => `TEST ${index}`);
    expect(await readers({ look: () => Promise.resolve(seen(...names)) })).toContain('readers.many');
    expect(await readers({ look: () => Promise.resolve(seen('Citrix Reader 0')) })).toEqual(['readers.redirected']);
    const status = {
      daemon: daemonStatus,
      service: 'available',
      readers: [{ name: 'Windows Hello 1', skipped: 'virtual' }],
    };
    const daemon = daemonWith({ 'status.get': status });
    expect(await readers({ daemon, look: () => Promise.resolve(seen('Windows Hello 1')) })).toEqual([
      'readers.virtual',
    ]);
  });

  it('names a reader whose fastest answer was slow', async () => {
    const slow = {
      readers: [
        { name: 'TEST', fastestCommandMs: 151 },
        { name: 'quick', fastestCommandMs: 149 },
      ],
    };
    const daemon = daemonWith({ 'doctor.facts': slow });
    const outcome = await readersCheck({ ...ports, daemon, look: () => Promise.resolve(seen('TEST', 'quick')) }).run(
      new AbortController().signal,
    );
    expect(outcome).toContainEqual({
      code: 'readers.slow',
      severity: 'warning',
      fields: { reader: 'TEST', milliseconds: 151 },
    });
    expect(outcome).toHaveLength(3);
  });
});

describe('cardsCheck()', () => {
  const reader = { name: 'TEST', card: 'present', sharing: 'unused' } as const;
  const cards = async (...readers: readonly unknown[]) => {
    const daemon = daemonWith({ 'status.get': { daemon: daemonStatus, service: 'available', readers } });
    return await codes(cardsCheck({ daemon, look: () => Promise.resolve(available), now: () => Date.now() }));
  };

  it('tells what state a card is in', async () => {
    expect(await cards()).toEqual(['cards.none']);
    expect(await cards({ ...reader, card: 'absent' })).toEqual(['cards.none']);
    expect(await cards(reader)).toEqual(['cards.reading']);
    expect(await cards({ ...reader, card: 'unresponsive' })).toEqual(['cards.unresponsive']);
    expect(await cards({ ...reader, sameAs: 'other' })).toEqual(['cards.twice']);
    expect(await cards({ ...reader, problem: { code: 'ERR_CARD_RESPONSE', fields: {} } })).toEqual([
      'cards.unreadable',
    ]);
  });

  it('tells a card that the rules of the system keep from us', async () => {
    const problem = { code: 'ERR_PCSC_FAILURE', fields: { status: 'SCARD_W_SECURITY_VIOLATION' } };
    expect(await cards({ ...reader, problem })).toEqual(['cards.refused']);
  });

  it('tells PINs for logins from those for signatures, and what a card lacks', async () => {
    const token = {
      ...{ id: 'x', product: 'TEST', serial: '1', label: 'TEST', certificates: [] },
      pins: [
        { reference: 1, role: 'authentication', attemptsRemaining: 1, blocked: false },
        { reference: 2, role: 'signature', attemptsRemaining: 0, blocked: true },
        { reference: 3, role: 'signature', attemptsRemaining: 1, blocked: false },
        { reference: 4, role: 'authentication', blocked: false },
      ],
    };
    expect(await cards({ ...reader, token })).toEqual([
      'cards.pin-low',
      'cards.signature-pin-blocked',
      'cards.signature-pin-low',
      'cards.no-certificate',
      'cards.here',
    ]);
  });

  it('cannot be tried without the daemon', async () => {
    const look = (): Promise<PcscLook> => Promise.resolve(seen('TEST'));
    expect(await codes(cardsCheck({ daemon: nobody, look, now: () => 0 }))).toEqual(['notTried cards.unread']);
  });
});
