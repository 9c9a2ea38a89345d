import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isMiddlewareError } from '../../src/core/errors.js';
import type { Loopback } from '../../src/daemon/loopback/start-loopback.js';
import { describePortOwner } from '../../src/platform/peer-lookup-listener.js';
import { freePorts } from '../support/free-ports.js';
import { exchange, requestText, startTestLoopback, testRelyingParty } from '../support/loopback-fixture.js';
import { recordingOobService, type RecordingOobService } from '../support/recording-oob-service.js';
import { pidInProc } from '../support/own-proc.js';

const open: { close(): unknown }[] = [];
let service: RecordingOobService;

beforeEach(() => {
  service = recordingOobService(testRelyingParty);
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const start = async (port = 0): Promise<Loopback> => {
  const loopback = await startTestLoopback({ service, port, describeOwner: describePortOwner });
  open.push(loopback);
  return loopback;
};

const squat = (host: string, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.end('squatter'));
    open.push(server);
    server.once('error', reject).listen({ host, port, ipv6Only: host === '::1' }, () => resolve(server));
  });

const tryConnect = (host: string, port: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.on('connect', () => {
      socket.destroy();
      resolve('connected');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'failed'));
  });

describe('step 1, the addresses', () => {
  it('are the two of loopback and none else', async () => {
    const { port } = await start();
    const others = Object.entries(networkInterfaces())
      .flatMap(([name, list]) => (list ?? []).map(({ address, scopeid }) => (scopeid ? `${address}%${name}` : address)))
      .filter((address) => address !== '127.0.0.1' && address !== '::1');
    for (const host of [...others, '127.0.0.2'])
      expect([host, await tryConnect(host, port)]).toEqual([host, 'ECONNREFUSED']);
    expect(await tryConnect('127.0.0.1', port)).toBe('connected');
    expect(await tryConnect('::1', port)).toBe('connected');
  });

  it('are free again after close()', async () => {
    const first = await start();
    await first.close();
    expect((await start(first.port)).port).toBe(first.port);
  });
});

describe('step 1, a taken port', () => {
  it.each([
    ['127.0.0.1', '::1'],
    ['::1', '127.0.0.1'],
    ['0.0.0.0', '::1'],
    ['::', undefined],
  ])('held on %s: serves neither and says who has it', async (host, other) => {
    const [port = 0] = await freePorts(1);
    await squat(host, port);

    const error: unknown = await start(port).catch((cause: unknown) => cause);
    expect(isMiddlewareError(error, 'ERR_OOB_PORT_TAKEN')).toBe(true);
    expect((error as { fields: unknown }).fields).toMatchObject({
      port,
      owner: expect.stringMatching(new RegExp(`^[^ ].* \\(${pidInProc}\\)$`)),
    });
    // Whoever asks there now meets the other program, never us.
    if (other) expect(await tryConnect(other, port)).toBe('ECONNREFUSED');
    expect(service.calls).toEqual([]);
  });

  it('held by another instance of ourselves', async () => {
    const { port } = await start();
    await expect(start(port)).rejects.toMatchObject({ code: 'ERR_OOB_PORT_TAKEN' });
    expect((await exchange(port, requestText(port, 'GET', '/.well-known/kort-oob', {}))).status).toBe(200);
  });
});

describe('describePortOwner()', () => {
  it('knows nobody where nobody listens', async () => {
    const [port = 0] = await freePorts(1);
    expect(await describePortOwner(port)).toBeUndefined();
  });

  it('names the process', async () => {
    const server = await squat('127.0.0.1', 0);
    expect(await describePortOwner((server.address() as AddressInfo).port)).toContain(`(${pidInProc})`);
  });
});
