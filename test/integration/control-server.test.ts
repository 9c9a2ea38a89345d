import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, statSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { MiddlewareError } from '../../src/core/errors.js';
import { Secret } from '../../src/core/secret.js';
import { encodeFrame, encodeJson, frameKinds, frameLimits } from '../../src/control-contract/frames.js';
import { startControlServer } from '../../src/daemon/control/control-server.js';
import { clearStaleSocket } from '../../src/platform/stale-socket.js';
import { openControlStage, type ControlStage, type StageOptions } from '../support/control-stage.js';
import { recordingLogger } from '../support/recording-logger.js';

const stages: ControlStage[] = [];
const open = async (options?: StageOptions): Promise<ControlStage> => {
  const stage = await openControlStage(options);
  stages.push(stage);
  return stage;
};
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const coded = (code: string): Error => expect.objectContaining({ code }) as Error;
const relyingParties = [
  { clientId: 'a', displayName: { sv: 'Å', en: 'A' }, origins: [], launchers: [], source: 'user' as const },
];

/** A raw connection, and what came back on it until it ended. */
async function rawConnection({ socketPath }: ControlStage): Promise<{ socket: Socket; ended: Promise<Buffer> }> {
  const socket = createConnection(socketPath);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const ended = once(socket, 'close').then(() => Buffer.concat(chunks));
  await once(socket, 'connect');
  return { socket, ended };
}

async function stillServes(stage: ControlStage): Promise<void> {
  const client = await stage.connect();
  expect(await client.request('rp.list', {})).toEqual({ relyingParties });
}

const listing = { handlers: { 'rp.list': () => ({ relyingParties }) } } satisfies StageOptions;

describe('requests', () => {
  it('are answered, many at once and in any order', async () => {
    const stage = await open({
      handlers: {
        'rp.show': async ({ clientId }) => {
          await new Promise((resolve) => setTimeout(resolve, clientId === 'slow' ? 50 : 0));
          return {
            ...relyingParties[0]!,
            clientId,
            acrValues: [],
            issuers: [],
            purposes: [],
            keys: [],
            endpoints: { pins: [] },
            unbound: false,
            pinForEachDocument: false,
          };
        },
      },
    });
    const client = await stage.connect();
    const asked = ['slow', 'b', 'c'].map((clientId) => client.request('rp.show', { clientId }));
    expect((await Promise.all(asked)).map(({ clientId }) => clientId)).toEqual(['slow', 'b', 'c']);
  });

  it('carry long UTF-8 text both ways', async () => {
    const stage = await open({
      handlers: {
        'rp.check': (params) => ({ findings: [{ check: 'entry', ok: true, detail: JSON.stringify(params) }] }),
      },
    });
    const client = await stage.connect();
    const entry = { text: 'åäö€𝄞'.repeat(20_000) };
    const { findings } = await client.request('rp.check', { entry });
    expect(JSON.parse(findings[0]?.detail ?? '')).toEqual({ entry });
  });

  it('that fail bring back code and fields, and codes that the client does not know', async () => {
    const stage = await open({
      handlers: {
        'rp.list': () => {
          throw new MiddlewareError('ERR_CARD_ABSENT', 'No card', { fields: { reader: 'R1' }, retriable: true });
        },
        'rp.show': () => {
          throw new MiddlewareError('ERR_FROM_THE_FUTURE' as 'ERR_INTERNAL', 'New');
        },
      },
    });
    const client = await stage.connect();
    await expect(client.request('rp.list', {})).rejects.toMatchObject({
      code: 'ERR_CARD_ABSENT',
      fields: { reader: 'R1' },
      retriable: true,
    });
    await expect(client.request('rp.show', { clientId: 'x' })).rejects.toThrow(coded('ERR_FROM_THE_FUTURE'));
  });

  it('that meet a fault of ours tell an incident number, which the log explains, and nothing else', async () => {
    const stage = await open({
      handlers: {
        'rp.list': () => {
          throw new TypeError('secret detail');
        },
      },
    });
    const client = await stage.connect();
    const error = await client.request('rp.list', {}).catch((caught: unknown) => caught as MiddlewareError);
    expect(error).toMatchObject({ code: 'ERR_INTERNAL', message: 'Internal error' });
    const { incident } = (error as MiddlewareError).fields;
    expect(incident).toMatch(/^[0-9a-f]{8}$/);
    expect(stage.logger.lines).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ incident }) }),
    );
  });

  it.each([
    ['an unknown field', 'rp.list', { more: 1 }],
    ['a missing field', 'rp.show', {}],
    ['a field of the wrong type', 'rp.show', { clientId: 7 }],
    ['a limit out of range', 'history.recent', { limit: 100_000 }],
    ['an unknown fault', 'sandbox.fault', { card: 'c', fault: { kind: 'burn' } }],
    ['a PIN', 'prompt.acknowledge', { ticket: '00'.repeat(16), pin: '8351' }],
  ] as const)('with %s are refused before a handler sees them', async (_what, method, params) => {
    let called = false;
    const handler = (): never => {
      called = true;
      throw new Error('called');
    };
    const stage = await open({
      handlers: {
        'rp.list': handler,
        'rp.show': handler,
        'history.recent': handler,
        'sandbox.fault': handler,
        'prompt.acknowledge': handler,
      },
    });
    const client = await stage.connect();
    await expect(client.request(method, params as never)).rejects.toThrow(coded('ERR_IPC_INVALID_PARAMETERS'));
    expect(called).toBe(false);
  });

  it('with a method that is not there are refused by name', async () => {
    const client = await (await open()).connect();
    for (const method of ['sandbox.list', 'no.such', 'constructor', '__proto__']) {
      await expect(client.request(method as 'rp.list', {})).rejects.toMatchObject({
        code: 'ERR_IPC_METHOD_NOT_FOUND',
        fields: { method },
      });
    }
  });

  it('get only what the contract says: other properties of a result are dropped, a wrong one is our fault', async () => {
    const stage = await open({
      handlers: {
        'rp.list': () => ({ relyingParties: relyingParties.map((party) => ({ ...party, internal: 'x' })) }),
        'rp.remove': () => 7 as never,
      },
    });
    const client = await stage.connect();
    expect(await client.request('rp.list', {})).toEqual({ relyingParties });
    await expect(client.request('rp.remove', { clientId: 'a' })).rejects.toThrow(coded('ERR_INTERNAL'));
  });

  it('reject when the daemon goes, and later ones too', async () => {
    const stage = await open({ handlers: { 'rp.list': () => new Promise(() => undefined) } });
    const client = await stage.connect();
    const asked = expect(client.request('rp.list', {})).rejects.toThrow(coded('ERR_IPC_DAEMON_UNREACHABLE'));
    await stage.server.close();
    await asked;
    await client.closed;
    await expect(client.request('rp.list', {})).rejects.toThrow(coded('ERR_IPC_DAEMON_UNREACHABLE'));
  });

  it('reject when no answer comes in time', async () => {
    const stage = await open({ handlers: { 'rp.list': () => new Promise(() => undefined) } });
    const client = await stage.connect({ timeoutMs: 50 });
    await expect(client.request('rp.list', {})).rejects.toThrow(coded('ERR_IPC_DAEMON_UNREACHABLE'));
  });

  it('tell their handler when the client has gone', async () => {
    let gone: Promise<unknown> | undefined;
    const stage = await open({
      handlers: {
        'rp.list': (_params, { signal }) => {
          gone = once(signal, 'abort');
          return new Promise(() => undefined);
        },
      },
    });
    const client = await stage.connect();
    void client.request('rp.list', {}).catch(() => undefined);
    await expect.poll(() => gone !== undefined).toBe(true);
    client.close();
    await gone;
  });
});

describe('events', () => {
  it('reach every connection that listens, until it stops listening', async () => {
    const stage = await open();
    const [one, two] = [await stage.connect(), await stage.connect()];
    await one.request('prompt.detach', {});
    await two.request('prompt.detach', {});
    const seen: string[] = [];
    const stop = one.on('status.changed', () => seen.push('one'));
    two.on('status.changed', () => seen.push('two'));
    stage.server.notify('status.changed', {});
    await expect.poll(() => seen.sort()).toEqual(['one', 'two']);
    stop();
    stage.server.notify('status.changed', {});
    await expect.poll(() => seen.sort()).toEqual(['one', 'two', 'two']);
  });

  it('that were written before close() still arrive', async () => {
    const stage = await open();
    const client = await stage.connect();
    await client.request('prompt.detach', {});
    const seen: string[] = [];
    client.on('status.changed', () => seen.push('changed'));
    stage.server.notify('status.changed', {});
    await stage.server.close();
    await client.closed;
    expect(seen).toEqual(['changed']);
  });
});

describe('a hostile client', () => {
  const header = (length: number, kind: number): Buffer => {
    const bytes = Buffer.alloc(5);
    bytes.writeUInt32BE(length);
    bytes[4] = kind;
    return bytes;
  };
  const json = (text: string): Uint8Array => encodeFrame(frameKinds.json, Buffer.from(text));

  it.each<[string, Uint8Array]>([
    ['a huge length', header(0xffffffff, 0)],
    ['a length just beyond the limit', header((1 << 20) + 2, 0)],
    ['length 0', header(0, 0)],
    ['kind 7', header(2, 7)],
    ['a key that nobody asked for', encodeFrame(frameKinds.key, Buffer.alloc(32))],
    ['a PIN frame that is too long', header(1 + frameLimits.pin + 1, frameKinds.pin)],
    ['a PIN frame without a PIN', encodeFrame(frameKinds.pin, Buffer.alloc(17))],
    ['a PIN frame with unknown flags', encodeFrame(frameKinds.pin, Buffer.alloc(20, 0xff))],
    ['no JSON', json('{"jsonrpc"')],
    ['bytes that are not UTF-8', encodeFrame(frameKinds.json, Buffer.from([0xff, 0xfe]))],
    ['an empty frame', json('')],
    ['deep JSON', json('['.repeat(500_000))],
    [
      'deep parameters',
      encodeJson({
        jsonrpc: '2.0',
        id: 1,
        method: 'rp.add',
        params: { entry: JSON.parse(`${'['.repeat(40)}${']'.repeat(40)}`) as unknown },
      }),
    ],
    ['a batch', json('[{"jsonrpc":"2.0","id":1,"method":"rp.list"}]')],
    ['version 1.0', encodeJson({ jsonrpc: '1.0', id: 1, method: 'rp.list' })],
    ['an unknown member', encodeJson({ jsonrpc: '2.0', id: 1, method: 'rp.list', more: 1 })],
    ['parameters by position', encodeJson({ jsonrpc: '2.0', id: 1, method: 'rp.list', params: [] })],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ])('that sends %s is cut off, and nobody else notices', async (_what, bytes) => {
    const stage = await open(listing);
    const { socket, ended } = await rawConnection(stage);
    socket.write(bytes);
    expect(await ended).toEqual(Buffer.alloc(0));
    await stillServes(stage);
    expect(stage.logger.lines.map(({ message }) => message)).toEqual(['Control client broke the protocol']);
  });

  it('that never ends a frame is cut off', async () => {
    const stage = await open({ ...listing, limits: { frameMs: 100 } });
    const { socket, ended } = await rawConnection(stage);
    socket.write(header(100, 0));
    await ended;
    await stillServes(stage);
  });

  it('that sends nothing may stay', async () => {
    const stage = await open({ ...listing, limits: { frameMs: 50 } });
    const client = await stage.connect();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await client.request('rp.list', {})).toEqual({ relyingParties });
  });

  it('that does not read is cut off', async () => {
    const detail = 'x'.repeat(100_000);
    const stage = await open({
      handlers: { ...listing.handlers, 'rp.check': () => ({ findings: [{ check: 'entry', ok: true, detail }] }) },
      limits: { unreadBytes: 1 << 20, requests: 1000 },
    });
    const socket = createConnection(stage.socketPath);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.pause();
    for (let id = 0; id < 200; id += 1)
      socket.write(encodeJson({ jsonrpc: '2.0', id, method: 'rp.check', params: { clientId: 'x' } }));
    await expect
      .poll(() => stage.logger.lines.map(({ message }) => message))
      .toContain('Control client does not read, or the answer is too long');
    socket.destroy();
    await stillServes(stage);
  });

  it('that asks without waiting for answers is cut off', async () => {
    const stage = await open({
      handlers: { ...listing.handlers, 'status.get': () => new Promise(() => undefined) },
      limits: { requests: 4 },
    });
    const { socket, ended } = await rawConnection(stage);
    for (let id = 0; id < 5; id += 1) socket.write(encodeJson({ jsonrpc: '2.0', id, method: 'status.get' }));
    await ended;
    await stillServes(stage);
  });

  it('that opens too many connections is turned away, and the place is free again when one closes', async () => {
    const stage = await open({ ...listing, limits: { connections: 2 } });
    const [one] = [await stage.connect(), await stage.connect()];
    await one.request('rp.list', {});
    const { ended } = await rawConnection(stage);
    await ended;
    one.close();
    await one.closed;
    await expect
      .poll(() =>
        stillServes(stage).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
  });

  it('that goes in the middle of a PIN frame leaves nothing open', async () => {
    const stage = await open(listing);
    const { socket, ended } = await rawConnection(stage);
    socket.end(encodeFrame(frameKinds.pin, Buffer.alloc(25, 1)).subarray(0, 20));
    await ended;
    await stillServes(stage);
  });
});

describe('the socket', () => {
  it('is its owner’s alone from the first moment, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      const stage = await open();
      expect(statSync(stage.socketPath).mode & 0o777).toBe(0o600);
      expect(process.umask(0)).toBe(0);
    } finally {
      process.umask(before);
    }
  });

  it('refuses another user', { skip: process.getuid?.() !== 0 }, async () => {
    const stage = await open(listing);
    // The folder is opened so that the mode of the socket alone has to hold.
    chmodSync(stage.folder, 0o755);
    const attempt = `require('node:net').connect(${JSON.stringify(stage.socketPath)})
      .on('connect', () => console.log('connected')).on('error', (error) => console.log(error.code))`;
    const { stdout } = spawnSync(process.execPath, ['-e', attempt], { uid: 65534, gid: 65534, encoding: 'utf8' });
    expect(stdout).toBe('EACCES\n');
  });

  it('is not taken from a daemon that is running', async () => {
    const stage = await open(listing);
    const second = startControlServer({
      endpoint: { path: stage.socketPath },
      clearStale: () => clearStaleSocket(stage.socketPath),
      handlers: {},
      pinReceiver: () => undefined,
      logger: recordingLogger(),
    });
    await expect(second).rejects.toThrow(coded('ERR_IPC_DAEMON_RUNNING'));
    await stillServes(stage);
  });

  it('is answered for by ERR_IPC_DAEMON_UNREACHABLE when no daemon is there', async () => {
    const stage = await open();
    await stage.server.close();
    await expect(stage.connect()).rejects.toThrow(coded('ERR_IPC_DAEMON_UNREACHABLE'));
  });
});

describe('a key', () => {
  const key = Buffer.alloc(32, 7);

  it('must come first and be right, where the system cannot say who may connect', async () => {
    const stage = await open({ ...listing, key, limits: { frameMs: 200 } });
    const client = await stage.connect({ key });
    expect(await client.request('rp.list', {})).toEqual({ relyingParties });
    for (const wrong of [Buffer.alloc(32, 8), Buffer.alloc(31, 7), Buffer.alloc(0)]) {
      const stranger = await stage.connect({ key: wrong });
      await stranger.closed;
    }
    const keyless = await stage.connect();
    await expect(keyless.request('rp.list', {})).rejects.toThrow(coded('ERR_IPC_DAEMON_UNREACHABLE'));
    const silent = await rawConnection(stage);
    await silent.ended;
  });

  it('is asked for before a PIN is looked at', async () => {
    const stage = await open({ key });
    const client = await stage.connect();
    await client.sendPin('00'.repeat(16), Secret.moveFrom(Buffer.from('835196')), { lastTryConsent: false });
    await client.closed;
    expect(stage.logger.lines.map(({ message }) => message)).toEqual(['Control client broke the protocol']);
  });
});
