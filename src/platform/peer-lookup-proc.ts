import { equalBytes, fromHex } from '../core/bytes.js';
import type { LoopbackConnection } from '../core/ports.js';
import { loopbackAddressBytes } from './peer-lookup-address.js';
import type { SocketOwner } from './peer-lookup-owner.js';

/** One row of /proc/net/tcp or tcp6 (proc_pid_net(5)); addresses as 16 bytes, IPv4 as v4-mapped. */
export interface ProcNetRow {
  readonly localAddress: Uint8Array;
  readonly localPort: number;
  readonly remoteAddress: Uint8Array;
  readonly remotePort: number;
  /** include/net/tcp_states.h: 1 established, 10 listening. */
  readonly state: number;
  readonly uid: number;
  readonly inode: number;
}

const rowPattern =
  /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{2}) \S+ \S+ \S+ +(\d+) +\d+ (\d+)/;
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The rows of one table; lines that are no rows are left out. */
export function parseProcNet(table: string): ProcNetRow[] {
  return table.split('\n').flatMap((line) => {
    const [, local, localPort, remote, remotePort, state, uid, inode] = rowPattern.exec(line) ?? [];
    if (!local || !localPort || !remote || !remotePort || !state || !uid || !inode) return [];
    return {
      localAddress: addressBytes(local),
      localPort: parseInt(localPort, 16),
      remoteAddress: addressBytes(remote),
      remotePort: parseInt(remotePort, 16),
      state: parseInt(state, 16),
      uid: Number(uid),
      inode: Number(inode),
    };
  });
}

/** The kernel prints each 32-bit word of the address in the byte order of the processor. */
function addressBytes(digits: string): Uint8Array {
  const bytes = fromHex(digits);
  if (isLittleEndian) for (let word = 0; word < bytes.length; word += 4) bytes.subarray(word, word + 4).reverse();
  if (bytes.length === 16) return bytes;
  const mapped = new Uint8Array(16);
  mapped.set([0xff, 0xff, ...bytes], 10);
  return mapped;
}

/** The owner of the client's end; undefined when no row, or more than one, is that end. */
export async function findInProcNet(
  connection: LoopbackConnection,
  readTable: (path: string) => Promise<string>,
): Promise<SocketOwner | undefined> {
  const client = loopbackAddressBytes(connection.remoteAddress);
  const server = loopbackAddressBytes(connection.localAddress);
  if (!client || !server) return undefined;
  const tables = await Promise.all([
    readTable('/proc/net/tcp'),
    // A host without IPv6 has no such file.
    readTable('/proc/net/tcp6').catch(() => ''),
  ]);
  const ends = tables
    .flatMap(parseProcNet)
    .filter(
      (row) =>
        row.state === 1 &&
        row.localPort === connection.remotePort &&
        row.remotePort === connection.localPort &&
        equalBytes(row.localAddress, client) &&
        equalBytes(row.remoteAddress, server),
    );
  return ends.length === 1 ? ends[0] : undefined;
}
