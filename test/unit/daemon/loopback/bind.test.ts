import type * as Net from 'node:net';
import { once } from 'node:events';
import { connect, type AddressInfo, type ListenOptions } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';

/** What the next listen on each address meets instead of the system's own answer. */
const failures = new Map<string, string[]>();
/** Happens before the listen on ::1, when the other address is bound already. */
let interlude: ((port: number) => Promise<void>) | undefined;
/** What the system claims to have bound. */
let claimed: Partial<AddressInfo> | undefined;

vi.mock('node:net', async (importOriginal) => {
  const net = await importOriginal<typeof Net>();
  const createServer = (...args: Parameters<typeof net.createServer>) => {
    const server = net.createServer(...args);
    const listen = server.listen.bind(server) as (...rest: unknown[]) => typeof server;
    server.listen = ((options: ListenOptions, callback: () => void) => {
      const code = failures.get(options.host ?? '')?.shift();
      if (code === undefined && options.host === '::1' && interlude) {
        void interlude(options.port ?? 0).then(() => listen(options, callback));
        return server;
      }
      if (code === undefined) return listen(options, callback);
      process.nextTick(() => server.emit('error', Object.assign(new Error(code), { code })));
      return server;
    }) as typeof server.listen;
    const address = server.address.bind(server);
    server.address = () => ({ ...(address() as AddressInfo), ...claimed });
    return server;
  };
  return { ...net, createServer };
});

const { bindLoopback, closeServer } = await import('../../../../src/daemon/loopback/bind.js');

const open: Awaited<ReturnType<typeof bindLoopback>>[] = [];
const bind = async (port = 0, describeOwner?: () => Promise<string | undefined>) => {
  const bound = await bindLoopback({ port, onConnection: (socket) => socket.destroy(), describeOwner });
  open.push(bound);
  return bound;
};
const addressesOf = ({ servers }: Awaited<ReturnType<typeof bindLoopback>>): string[] =>
  servers.map((server) => (server.address() as AddressInfo).address);

afterEach(async () => {
  failures.clear();
  claimed = undefined;
  interlude = undefined;
  await Promise.all(open.splice(0).flatMap(({ servers }) => servers.map(closeServer)));
});

describe('bindLoopback()', () => {
  it('binds both addresses', async () => {
    expect(addressesOf(await bind())).toEqual(['127.0.0.1', '::1']);
  });

  it.each(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])('serves one address where the host lacks the other (%s)', async (code) => {
    failures.set('::1', [code]);
    expect(addressesOf(await bind())).toEqual(['127.0.0.1']);
    failures.set('127.0.0.1', [code]);
    expect(addressesOf(await bind())).toEqual(['::1']);
  });

  it('survives a connection that the system cannot hand over', async () => {
    const { servers } = await bind();
    for (const server of servers) expect(server.emit('error', new Error('accept ENOBUFS'))).toBe(true);
  });

  it('serves nobody before both addresses are bound', async () => {
    let early = 'not tried';
    interlude = async (port) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.on('error', () => undefined);
      await once(socket, 'close');
      early = 'dropped';
    };
    const served: unknown[] = [];
    open.push(await bindLoopback({ port: 0, onConnection: (socket) => served.push(socket.destroy()) }));
    expect([early, served]).toEqual(['dropped', []]);
  });

  it('serves nothing where there is no loopback at all', async () => {
    failures.set('127.0.0.1', ['EADDRNOTAVAIL']);
    failures.set('::1', ['EADDRNOTAVAIL']);
    await expect(bind()).rejects.toMatchObject({ code: 'ERR_INTERNAL' });
  });

  it('tries another port when the system chose one that is in use on the other address', async () => {
    failures.set('::1', ['EADDRINUSE', 'EADDRINUSE']);
    expect(addressesOf(await bind())).toEqual(['127.0.0.1', '::1']);
  });

  it.each(['EADDRINUSE', 'EACCES'])('a port that is given and taken (%s) is refused for both', async (code) => {
    const { port, servers } = await bind();
    await Promise.all(servers.map(closeServer));
    failures.set('::1', [code]);
    const taken = bind(port, () => Promise.resolve('other (1)'));
    await expect(taken).rejects.toMatchObject({
      code: 'ERR_OOB_PORT_TAKEN',
      fields: { port, address: '::1', owner: 'other (1)' },
    });
    // The first address is free again.
    expect((await bind(port)).port).toBe(port);
  });

  it('is still the right error when nobody can say who has it', async () => {
    failures.set('127.0.0.1', ['EADDRINUSE']);
    const unknown = bind(14_940, () => Promise.reject(new Error('Planted')));
    await expect(unknown).rejects.toMatchObject({ code: 'ERR_OOB_PORT_TAKEN', fields: { owner: undefined } });
  });

  it('passes any other failure on', async () => {
    failures.set('127.0.0.1', ['EMFILE']);
    await expect(bind()).rejects.toMatchObject({ code: 'EMFILE' });
  });

  it.each([{ address: '0.0.0.0' }, { address: '::' }])('refuses to serve when %o was bound', async (wrong) => {
    claimed = wrong;
    await expect(bind()).rejects.toMatchObject({ code: 'ERR_INTERNAL' });
  });
});
