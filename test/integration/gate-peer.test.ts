import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LoopbackConnection, PeerLookup } from '../../src/core/ports.js';
import type { Loopback } from '../../src/daemon/loopback/start-loopback.js';
import { askNetlink } from '../../src/platform/peer-lookup-netlink.js';
import { linuxPeerLookup } from '../../src/platform/peer-lookup-linux.js';
import { createPeerLookup } from '../../src/platform/peer-lookup.js';
import { readFile } from 'node:fs/promises';
import { exchangeAs, nobody } from '../support/foreign-client.js';
import { exchange, requestText, startTestLoopback, testRelyingParty } from '../support/loopback-fixture.js';
import { recordingLogger } from '../support/recording-logger.js';
import { recordingOobService, type RecordingOobService } from '../support/recording-oob-service.js';

const uid = process.getuid?.() ?? -1;
// Only root can become a second user. Where tests run by machine this may not be passed over.
const isRoot = uid === 0 || process.env['CI'] !== undefined;

const viaNetlink = linuxPeerLookup({
  uid,
  netlink: askNetlink,
  readTable: () => Promise.reject(new Error('Netlink alone must do')),
});
const viaProc = linuxPeerLookup({
  uid,
  netlink: () => ({ kind: 'unavailable' }),
  readTable: (path) => readFile(path, 'latin1'),
});
const lookups = { 'the system lookup': createPeerLookup(), netlink: viaNetlink, '/proc/net': viaProc };

const hosts = ['127.0.0.1', '::1', '::ffff:127.0.0.1'];

describe.each(Object.entries(lookups))('step 2, the peer, by %s', (_name, peerLookup) => {
  let service: RecordingOobService;
  let loopback: Loopback;
  const logger = recordingLogger();
  let seen: LoopbackConnection[];

  beforeEach(async () => {
    service = recordingOobService(testRelyingParty);
    seen = [];
    loopback = await startTestLoopback({
      service,
      logger,
      peerLookup: {
        isOwnUser: (connection) => {
          seen.push(connection);
          return peerLookup.isOwnUser(connection);
        },
      },
    });
  });
  afterEach(() => loopback.close());

  const request = (host: string): string =>
    requestText(
      loopback.port,
      'POST',
      '/oob/v1/auth',
      { host: `${host === '::1' ? '[::1]' : '127.0.0.1'}:${loopback.port}` },
      '{"request":"a"}',
    );

  it.each(hosts)('lets our own user in over %s', async (host) => {
    expect(await exchangeAs(uid, host, loopback.port, request(host))).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(service.calls).toHaveLength(1);
    expect(seen).toHaveLength(1);
  });

  it.runIf(isRoot).each(hosts)('refuses another user over %s without a word', async (host) => {
    expect(await exchangeAs(nobody, host, loopback.port, request(host))).toBe('');
    expect(seen).toHaveLength(1);
    expect(service.calls).toEqual([]);
    expect(logger.lines.at(-1)).toMatchObject({ fields: { gate: 'peer', reason: 'not our user' } });
  });

  it('refuses a connection that is closed already, though its row says uid 0', async () => {
    const socket = connect({ host: '127.0.0.1', port: loopback.port });
    await once(socket, 'connect');
    await expect.poll(() => seen.length).toBe(1);
    const connection = seen[0]!;
    expect(await peerLookup.isOwnUser(connection)).toBe(true);
    socket.resetAndDestroy();
    await expect.poll(() => peerLookup.isOwnUser(connection)).toBe(false);
  });

  it('never takes our own end for the client', async () => {
    const socket = connect({ host: '127.0.0.1', port: loopback.port });
    await once(socket, 'connect');
    await expect.poll(() => seen.length).toBe(1);
    const { localPort, remotePort, ...rest } = seen[0]!;
    const client = { ...rest, localPort, remotePort };
    expect(await peerLookup.isOwnUser(client)).toBe(true);
    // No socket has these ports the other way around but ours, and a listener is nobody's peer.
    expect(await peerLookup.isOwnUser({ ...client, remotePort: remotePort === 65_535 ? 1 : remotePort + 1 })).toBe(
      false,
    );
    expect(await peerLookup.isOwnUser({ ...client, remotePort: loopback.port, localPort: 1 })).toBe(false);
    expect(await peerLookup.isOwnUser({ ...client, remotePort: localPort, localPort })).toBe(false);
    expect(await peerLookup.isOwnUser({ ...client, remoteAddress: '127.0.0.2' })).toBe(false);
    expect(await peerLookup.isOwnUser({ ...client, remoteAddress: '192.0.2.1' })).toBe(false);
    expect(await peerLookup.isOwnUser({ ...client, remoteAddress: '::1', localAddress: '::1' })).toBe(false);
    socket.destroy();
  });
});

describe('step 8, the number of connections', () => {
  const startCounting = async (
    options: Parameters<typeof startTestLoopback>[0],
  ): Promise<{ loopback: Loopback; lookedUp: () => number }> => {
    let lookedUp = 0;
    const lookup = createPeerLookup();
    const peerLookup: PeerLookup = {
      isOwnUser: (connection) => {
        lookedUp += 1;
        return lookup.isOwnUser(connection);
      },
    };
    return { loopback: await startTestLoopback({ peerLookup, ...options }), lookedUp: () => lookedUp };
  };

  /** Opens so many connections that say nothing. */
  const idle = (port: number, count: number): ReturnType<typeof connect>[] =>
    Array.from({ length: count }, () => connect({ host: '127.0.0.1', port }).on('error', () => undefined));

  it('those who connect and say nothing keep nobody out', async () => {
    const service = recordingOobService(testRelyingParty);
    const logger = recordingLogger();
    const { loopback, lookedUp } = await startCounting({ service, logger, limits: { dawdleMs: 0 } });
    const text = requestText(loopback.port, 'POST', '/oob/v1/auth', {}, '{"request":"a"}');
    const half = text.slice(0, -1);
    const silent = idle(loopback.port, 60);
    const dawdling = idle(loopback.port, 4);
    dawdling.forEach((socket) => socket.write(half));
    await expect.poll(lookedUp).toBe(64);

    for (let turn = 0; turn < 20; turn += 1) expect((await exchange(loopback.port, text)).status).toBe(200);
    expect(service.calls).toHaveLength(20);
    expect(logger.lines.map(({ fields }) => fields['reason'])).toContain('gave its place to another');
    [...silent, ...dawdling].forEach((socket) => socket.destroy());
    await loopback.close();
  });

  it('a request that is there keeps its place', async () => {
    const service = recordingOobService(testRelyingParty);
    service.answer = undefined;
    const { loopback } = await startCounting({ service, limits: { dawdleMs: 0, connections: 4 } });
    const { port } = loopback;
    const collect = requestText(port, 'POST', '/oob/v1/collect', {}, '{"orderRef":"a","waitSeconds":25}');
    const waiting = Array.from({ length: 4 }, () => exchange(port, collect));
    await expect.poll(() => service.calls.length).toBe(4);
    expect((await exchange(port, collect)).text).toBe('');
    expect(service.aborted).toBe(0);
    await loopback.close();
    await Promise.all(waiting);
  });

  it('one caller waits long in a few calls only, and shortly in the others', async () => {
    const service = recordingOobService(testRelyingParty);
    service.answer = undefined;
    const { loopback } = await startCounting({ service, limits: { longPolls: 2 } });
    const collect = requestText(loopback.port, 'POST', '/oob/v1/collect', {}, '{"orderRef":"a","waitSeconds":25}');
    const waiting = Array.from({ length: 3 }, () => exchange(loopback.port, collect));
    await expect.poll(() => service.waits).toEqual([25_000, 25_000, 1000]);
    await loopback.close();
    await Promise.all(waiting);
  });

  it('the 65th is dropped, and a place that becomes free is given again', async () => {
    const service = recordingOobService(testRelyingParty);
    const { loopback, lookedUp } = await startCounting({ service, limits: { dawdleMs: 60_000 } });
    const { port } = loopback;
    const text = requestText(port, 'POST', '/oob/v1/auth', {}, '{"request":"a"}');
    const silent = idle(port, 64);
    await expect.poll(lookedUp).toBe(64);

    const refused = await exchange(port, text);
    expect([refused.text, service.calls]).toEqual(['', []]);

    silent[0]?.destroy();
    await expect.poll(async () => (await exchange(port, text)).status).toBe(200);
    silent.forEach((socket) => socket.destroy());
    await loopback.close();
  });
});
