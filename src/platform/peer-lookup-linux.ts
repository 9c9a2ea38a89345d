import { readFile } from 'node:fs/promises';
import type { LoopbackConnection, PeerLookup } from '../core/ports.js';
import { askNetlink, type NetlinkAnswer } from './peer-lookup-netlink.js';
import type { SocketOwner } from './peer-lookup-owner.js';
import { findInProcNet } from './peer-lookup-proc.js';

/** Where the facts come from; tests put their own here. */
export interface LinuxPeerSources {
  readonly uid: number;
  readonly netlink: (connection: LoopbackConnection) => NetlinkAnswer;
  readonly readTable: (path: string) => Promise<string>;
}

const systemSources = (): LinuxPeerSources => ({
  uid: process.getuid?.() ?? -1,
  netlink: askNetlink,
  readTable: (path) => readFile(path, 'latin1'),
});

/**
 * Asks the kernel for the client's end of the connection: NETLINK_SOCK_DIAG where that is permitted (0.1 ms, a bounded
 * synchronous call), else the tables under /proc/net (5 ms and more).
 */
export function linuxPeerLookup(sources: LinuxPeerSources = systemSources()): PeerLookup {
  let netlinkAnswered = false;
  const findOwner = async (connection: LoopbackConnection): Promise<SocketOwner | undefined> => {
    const answer = sources.netlink(connection);
    if (answer.kind === 'found') {
      netlinkAnswered = true;
      return answer.owner;
    }
    // A kernel without the tcp_diag module says "absent" for every socket, so that word counts only once netlink has
    // shown that it can find one.
    if (answer.kind === 'absent' && netlinkAnswered) return undefined;
    if (answer.kind === 'refused') return undefined;
    return findInProcNet(connection, sources.readTable);
  };
  return {
    async isOwnUser(connection) {
      if (isSelfConnected(connection)) return false;
      const owner = await findOwner(connection).catch(() => undefined);
      return owner !== undefined && owner.inode !== 0 && owner.uid === sources.uid;
    },
  };
}

/** A socket connected to itself has one row for both ends: the client's would be our own. */
function isSelfConnected(connection: LoopbackConnection): boolean {
  return connection.localPort === connection.remotePort && connection.localAddress === connection.remoteAddress;
}
