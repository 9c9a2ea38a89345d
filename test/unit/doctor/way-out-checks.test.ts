import { describe, expect, it } from 'vitest';
import { checkClock, type ClockPorts } from '../../../src/doctor/checks/clock.js';
import { checkHistory } from '../../../src/doctor/checks/history.js';
import { checkIssuers } from '../../../src/doctor/checks/issuers.js';
import { checkPort, type PortPorts } from '../../../src/doctor/checks/port.js';
import { checkProxy } from '../../../src/doctor/checks/proxy.js';
import { checkSurfaces } from '../../../src/doctor/checks/surfaces.js';
import type { ConfiguredAddress, Visit } from '../../../src/doctor/configured-address.js';
import type { CheckOutcome, DoctorCheck, DoctorDaemon } from '../../../src/doctor/doctor-check.js';
import { MiddlewareError } from '../../../src/core/errors.js';
import type { HistoryVerdict } from '../../../src/model/history.js';

/** A daemon that answers from a table; one without an answer is not there. */
function daemonWith(answers: Readonly<Record<string, unknown>>, reason: 'absent' | 'silent' = 'absent'): DoctorDaemon {
  return {
    ask: (method) =>
      Object.hasOwn(answers, method)
        ? Promise.resolve(answers[method] as never)
        : Promise.reject(new MiddlewareError('ERR_IPC_DAEMON_UNREACHABLE', 'x', { fields: { reason } })),
  };
}

const statusOf = (more: object, loopback: object = { port: 1, listening: true }) =>
  daemonWith({ 'daemon.status': { surfaces: 0, sandbox: false, loopback, ...more } });

async function codesOf(check: DoctorCheck): Promise<readonly string[]> {
  const outcome: CheckOutcome = await check.run(new AbortController().signal);
  return 'notTried' in outcome ? [`-${outcome.notTried.code}`] : outcome.map(({ code }) => code);
}

describe('checkPort()', () => {
  type Answer = Awaited<ReturnType<PortPorts['knock']>>;
  const port = (daemon: DoctorDaemon, v4: Answer, v6: Answer) =>
    checkPort({
      ...{ daemon, usualPort: 1 },
      owner: () => Promise.resolve('x (1)'),
      knock: (host) => Promise.resolve(host === '::1' ? v6 : v4),
    });

  it.each([
    ['ours', 'ours', []],
    ['ours', 'closed', []],
    ['closed', 'ours', ['port.silent']],
    ['ours', 'other', ['port.not-ours']],
    ['silent', 'other', ['port.silent', 'port.not-ours']],
  ] as const)('judges a daemon that listens where %s and %s answer', async (v4, v6, codes) => {
    expect(await codesOf(port(statusOf({}), v4, v6))).toEqual(codes);
  });

  it.each([
    ['closed', 'closed', []],
    ['other', 'closed', ['port.taken']],
    ['closed', 'silent', ['port.taken']],
    ['ours', 'ours', ['port.other-daemon']],
  ] as const)('judges a port without a daemon where %s and %s answer', async (v4, v6, codes) => {
    expect(await codesOf(port(daemonWith({}), v4, v6))).toEqual(codes);
  });

  it('does not guess about a daemon that hangs, or one without an endpoint', async () => {
    expect(await codesOf(port(daemonWith({}, 'silent'), 'other', 'other'))).toEqual(['-port.unknown']);
    const hardwareOnly = statusOf({}, { port: 0, listening: false });
    expect(await codesOf(port(hardwareOnly, 'closed', 'closed'))).toEqual(['-port.not-served']);
  });
});

describe('checkSurfaces()', () => {
  it.each([
    [{ surfaces: 1 }, false, []],
    [{}, true, []],
    [{}, false, ['surfaces.none']],
    [{}, undefined, ['surfaces.none']],
    [{ sandbox: true }, false, ['surfaces.none-in-sandbox']],
    [{ loopback: { port: 0, listening: false } }, false, []],
  ] as const)('with %j, a dialogue there: %s', async (status, pinentry, codes) => {
    const check = checkSurfaces({ daemon: statusOf(status), pinentry: () => Promise.resolve(pinentry) });
    expect(await codesOf(check)).toEqual(codes);
  });
});

const address = (url: string, kind: ConfiguredAddress['kind'] = 'issuer'): ConfiguredAddress => ({
  ...{ url, kind, service: 's', trust: { pins: [] } },
});
const answered = (more: Partial<Extract<Visit, { answered: true }>> = {}): Visit => ({
  ...{ answered: true, status: 200, date: undefined, at: 0, milliseconds: 5, ...more },
});

describe('checkClock()', () => {
  const hour = 3_600_000;
  const clock = (more: Partial<ClockPorts>, skews: readonly number[] = []) =>
    checkClock({
      clock: { now: () => 100 * hour, monotonic: () => 0 },
      daemon: daemonWith({}),
      released: 0,
      zone: undefined,
      isZone: (zone) => zone === 'Europe/Stockholm',
      synced: () => Promise.resolve(undefined),
      addresses: () => Promise.resolve(skews.map((_skew, index) => address(`https://s${index}.example/`))),
      visit: ({ url }) => Promise.resolve(answered({ at: 0, date: skews[Number(/s(\d+)/.exec(url)?.[1])] })),
      ...more,
    });

  it('believes the server whose clock is nearest', async () => {
    expect(await codesOf(clock({}, [hour, -50_000, -hour]))).toEqual([]);
    expect(await codesOf(clock({}, [2 * hour, hour]))).toEqual(['clock.slow']);
    expect(await codesOf(clock({}, [-hour]))).toEqual(['clock.fast']);
  });

  it('does not believe what came without encryption', async () => {
    const addresses = () => Promise.resolve([address('http://127.0.0.1:1/')]);
    expect(await codesOf(clock({ addresses, visit: () => Promise.reject(new Error('called')) }))).toEqual([]);
  });

  it('tells a time before the program was made, what the daemon noticed, and the rest', async () => {
    const told = (problem: string) => ({ clock: { problem, seconds: 600 } });
    const findings = [told('before-release'), told('jumped-back'), told('before-certificate'), told('skewed'), {}];
    const daemon = daemonWith({ 'expiry.get': { findings } });
    const synced = () => Promise.resolve(false);
    expect(await codesOf(clock({ daemon, synced, released: 200 * hour, zone: 'Mars/Base' }))).toEqual([
      ...['clock.before-release', 'clock.jumped-back', 'clock.before-certificate', 'clock.unsynced', 'clock.zone'],
    ]);
  });
});

describe('checkIssuers()', () => {
  const issuers = (addresses: readonly ConfiguredAddress[], visit: Visit) =>
    checkIssuers({ addresses: () => Promise.resolve(addresses), visit: () => Promise.resolve(visit) });
  const failed = (family: Extract<Visit, { answered: false }>['family']): Visit => ({
    ...{ answered: false, family, reason: 'dns' },
  });

  it('tells what cannot be asked about revocation from what a login needs', async () => {
    const url = 'http://ocsp.example/a';
    expect(await codesOf(issuers([address(url, 'revocation')], failed('unreachable')))).toEqual(['issuers.revocation']);
    expect(await codesOf(issuers([address(url, 'revocation')], answered({ status: 502 })))).toEqual([
      'issuers.revocation',
    ]);
    expect(await codesOf(issuers([address(url)], failed('unreachable')))).toEqual(['issuers.unreachable']);
    expect(await codesOf(issuers([address(url)], failed('response')))).toEqual([]);
  });

  it('names a server with several addresses once, and says that there are none', async () => {
    const both = [address('https://a.example/1'), address('https://a.example/2')];
    expect(await codesOf(issuers(both, failed('tls')))).toEqual(['issuers.tls']);
    expect(await codesOf(issuers([], failed('tls')))).toEqual(['-issuers.none']);
  });
});

describe('checkProxy()', () => {
  it.each([
    [{}, []],
    [{ http_proxy: 'p.example:8080' }, ['proxy.loopback', 'proxy.not-used']],
    [{ http_proxy: 'http://u:p@p.example', no_proxy: '.example LOCALHOST' }, ['proxy.not-used']],
    [{ ALL_PROXY: 'http://', NO_PROXY: '*' }, ['proxy.malformed', 'proxy.not-used']],
  ])('with %j', async (env, codes) => {
    const asked: string[] = [];
    const connect = (host: string, port: number) => {
      asked.push(`${host}:${port}`);
      return Promise.resolve(undefined);
    };
    expect(await codesOf(checkProxy({ env, connect, desktopMode: () => Promise.resolve(undefined) }))).toEqual(codes);
    expect(asked.every((one) => /^p\.example:(80|8080)$/.test(one))).toBe(true);
  });

  it('tells how the desktop is set', async () => {
    const check = checkProxy({
      env: {},
      connect: () => Promise.resolve('dns'),
      desktopMode: () => Promise.resolve('auto'),
    });
    expect(await codesOf(check)).toEqual(['proxy.desktop']);
  });
});

describe('checkHistory()', () => {
  const damage = (problem: Extract<HistoryVerdict, { intact: false }>['problem']): HistoryVerdict => ({
    ...{ intact: false, file: 'history.jsonl', line: 3, problem },
  });

  it.each([
    ['not-an-entry', 'history.broken'],
    ['sequence', 'history.broken'],
    ['hash', 'history.broken'],
    ['cut', 'history.cut'],
    ['head', 'history.head'],
    ['seal', 'history.seal'],
  ] as const)('tells %s as %s', async (problem, code) => {
    const check = checkHistory({ verify: () => Promise.resolve(damage(problem)), keptAside: () => ['x'] });
    expect(await codesOf(check)).toEqual([code, 'history.kept-aside']);
  });

  it('tells a history that cannot be read', async () => {
    const check = checkHistory({ verify: () => Promise.reject(new Error('EACCES')), keptAside: () => [] });
    expect(await codesOf(check)).toEqual(['history.unreadable']);
  });
});
