import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { LoopbackConnection } from '../../../src/core/ports.js';
import { linuxPeerLookup } from '../../../src/platform/peer-lookup-linux.js';
import { askNetlink, type NetlinkAnswer } from '../../../src/platform/peer-lookup-netlink.js';
import { findInProcNet, parseProcNet } from '../../../src/platform/peer-lookup-proc.js';
import { createPeerLookup } from '../../../src/platform/peer-lookup.js';
import { endianness } from 'node:os';

const connection: LoopbackConnection = {
  localAddress: '127.0.0.1',
  localPort: 14940,
  remoteAddress: '127.0.0.1',
  remotePort: 0xc001,
};

const titles = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const row = (local: string, remote: string, state: string, uid: number, inode: number): string =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 ${inode} 1 0000000000000000 20 4 30 10 -1\n`;
const word = endianness() === 'LE' ? '0100007F' : '7F000001';
const mappedPrefix = endianness() === 'LE' ? '0000000000000000FFFF0000' : '00000000000000000000FFFF';
const client = row(`${word}:C001`, `${word}:3A5C`, '01', 1000, 77);
const server = row(`${word}:3A5C`, `${word}:C001`, '01', 0, 78);
const mappedClient = row(`${mappedPrefix}${word}:C001`, `${mappedPrefix}${word}:3A5C`, '01', 1001, 79);

const tables =
  (tcp: string, tcp6 = '') =>
  (path: string) =>
    Promise.resolve(titles + (path === '/proc/net/tcp' ? tcp : tcp6));

describe('parseProcNet()', () => {
  it('reads rows and leaves out everything else', () => {
    const rows = parseProcNet(`${titles}${client}nonsense\n\n`);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ localPort: 0xc001, remotePort: 14940, state: 1, uid: 1000, inode: 77 });
  });
});

describe('findInProcNet()', () => {
  it('finds the client end among both', async () => {
    expect(await findInProcNet(connection, tables(server + client))).toMatchObject({ uid: 1000, inode: 77 });
  });

  it('finds a v4-mapped client in the other table', async () => {
    expect(await findInProcNet(connection, tables(server, mappedClient))).toMatchObject({ uid: 1001 });
  });

  it.each([
    ['nothing', ''],
    ['our own end alone', server],
    ['two such ends', client + client],
    ['a closed one', row(`${word}:C001`, `${word}:3A5C`, '06', 0, 0)],
  ])('is undefined for %s', async (_name, table) => {
    expect(await findInProcNet(connection, tables(table))).toBeUndefined();
  });

  it('is undefined when both tables have the end', async () => {
    expect(await findInProcNet(connection, tables(client, mappedClient))).toBeUndefined();
  });

  it('does without the IPv6 table', async () => {
    const readTable = (path: string) =>
      path === '/proc/net/tcp' ? Promise.resolve(client) : Promise.reject(new Error('ENOENT'));
    expect(await findInProcNet(connection, readTable)).toMatchObject({ uid: 1000 });
  });
});

describe('linuxPeerLookup()', () => {
  const lookup = (netlink: NetlinkAnswer | readonly NetlinkAnswer[], table: (path: string) => Promise<string>) => {
    const answers = [netlink].flat();
    let next = 0;
    return linuxPeerLookup({ uid: 1000, netlink: () => answers[next++]!, readTable: table });
  };
  const noTable = (): Promise<string> => Promise.reject(new Error('Not to be read'));
  const found = (uid: number, inode = 77): NetlinkAnswer => ({ kind: 'found', owner: { uid, inode } });

  it.each([
    [found(1000), true],
    [found(0), false],
    [found(1001), false],
    [found(1000, 0), false],
    [{ kind: 'refused' } as const, false],
  ])('takes the word of netlink: %o', async (answer, ours) => {
    expect(await lookup(answer, noTable).isOwnUser(connection)).toBe(ours);
  });

  it('reads the tables where netlink is not permitted', async () => {
    const unavailable = { kind: 'unavailable' } as const;
    expect(await lookup(unavailable, tables(client)).isOwnUser(connection)).toBe(true);
    expect(await lookup(unavailable, tables(client.replace(' 1000 ', '    0 '))).isOwnUser(connection)).toBe(false);
    expect(await lookup(unavailable, tables(client.replace(' 77 ', ' 0 '))).isOwnUser(connection)).toBe(false);
    expect(await lookup(unavailable, noTable).isOwnUser(connection)).toBe(false);
  });

  it('believes "absent" only from a netlink that has found one before', async () => {
    const peers = lookup([{ kind: 'absent' }, found(1000), { kind: 'absent' }], tables(client));
    expect(await peers.isOwnUser(connection)).toBe(true);
    expect(await peers.isOwnUser(connection)).toBe(true);
    expect(await peers.isOwnUser(connection)).toBe(false);
  });

  it('refuses a socket that is connected to itself', async () => {
    const self = { ...connection, remotePort: connection.localPort };
    expect(await lookup(found(1000), tables(client)).isOwnUser(self)).toBe(false);
  });
});

describe('linuxPeerLookup() on this kernel', () => {
  const sources = { uid: process.getuid?.() ?? -1, netlink: askNetlink, readTable: () => Promise.reject(new Error()) };

  /** A connection whose server end neither reads nor closes. */
  async function held(): Promise<{ client: Socket; pair: LoopbackConnection; end: () => void }> {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const client = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    const [socket] = await accepted;
    const pair = {
      localAddress: socket.localAddress!,
      localPort: socket.localPort!,
      remoteAddress: socket.remoteAddress!,
      remotePort: socket.remotePort!,
    };
    return { client, pair, end: () => void (socket.destroy(), client.destroy(), server.close()) };
  }

  it('knows a live socket, and no longer once its owner closed it though the connection lingers', async () => {
    const { client, pair, end } = await held();
    expect(await linuxPeerLookup(sources).isOwnUser(pair)).toBe(true);
    client.destroy();
    await once(client, 'close');
    expect(await linuxPeerLookup(sources).isOwnUser(pair)).toBe(false);
    end();
  });

  it('says no for a socket that is ours when we run as somebody else', async () => {
    const { pair, end } = await held();
    expect(await linuxPeerLookup({ ...sources, uid: sources.uid + 1 }).isOwnUser(pair)).toBe(false);
    end();
  });
});

describe('createPeerLookup()', () => {
  it('refuses to guess on an unknown system', () => {
    expect(() => createPeerLookup('aix')).toThrow(expect.objectContaining({ code: 'ERR_INTERNAL' }));
  });

  it.each(['win32', 'darwin'] as const)('%s: what cannot be told is not ours', async (platform) => {
    expect(await createPeerLookup(platform).isOwnUser(connection)).toBe(false);
  });
});
