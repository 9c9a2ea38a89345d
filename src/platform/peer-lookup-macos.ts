// Not tried: written from the manual page of lsof(8) and never run on a Mac. Every doubt counts as "not ours".
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { LoopbackConnection, PeerLookup } from '../core/ports.js';

const run = promisify(execFile);
const TIMEOUT_MS = 2000;

const endpoint = (address: string, port: number): string =>
  `${address.includes(':') && !address.startsWith('::ffff:') ? `[${address}]` : address.replace('::ffff:', '')}:${port}`;

/** Asks lsof which sockets of our own user have the client's end of the connection. */
export function macosPeerLookup(): PeerLookup {
  return {
    async isOwnUser(connection) {
      const uid = process.getuid?.();
      if (uid === undefined || connection.localPort === connection.remotePort) return false;
      try {
        // Without -u and -a the list would be an OR of the conditions.
        const query = ['-nP', '-a', '-u', String(uid), '-iTCP', '-sTCP:ESTABLISHED', '-Fun'];
        const { stdout } = await run('/usr/sbin/lsof', query, { timeout: TIMEOUT_MS });
        return hasClientEnd(stdout, uid, connection);
      } catch {
        return false;
      }
    },
  };
}

/** Reads lsof's field output: `p` starts a process, `u` is its uid, `n` the name `local->remote` of one socket. */
export function hasClientEnd(output: string, uid: number, connection: LoopbackConnection): boolean {
  const client = endpoint(connection.remoteAddress, connection.remotePort);
  const wanted = `n${client}->${endpoint(connection.localAddress, connection.localPort)}`;
  let owner: string | undefined;
  for (const line of output.split('\n')) {
    if (line.startsWith('p')) owner = undefined;
    if (line.startsWith('u')) owner = line.slice(1);
    if (line === wanted && owner === String(uid)) return true;
  }
  return false;
}
