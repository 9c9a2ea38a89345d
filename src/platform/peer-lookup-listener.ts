import { readdir, readFile, readlink } from 'node:fs/promises';
import { parseProcNet } from './peer-lookup-proc.js';

const LISTEN = 10;

/**
 * Who listens on a TCP port of this host, in words without language: `name (pid)`, or `uid N` where the process cannot
 * be seen. Undefined where it cannot be told (Linux only).
 */
export async function describePortOwner(port: number): Promise<string | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readOr(path, '')));
  const listener = tables.flatMap(parseProcNet).find((row) => row.state === LISTEN && row.localPort === port);
  if (!listener) return undefined;
  const pid = await findProcess(`socket:[${listener.inode}]`);
  const name = pid && (await readOr(`/proc/${pid}/comm`, '')).replaceAll(/[^\x20-\x7e]/g, '');
  return name ? `${name} (${pid})` : `uid ${listener.uid}`;
}

async function findProcess(link: string): Promise<string | undefined> {
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const fd of descriptors) {
      if ((await readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')) === link) return pid;
    }
  }
  return undefined;
}

const readOr = (path: string, fallback: string): Promise<string> => readFile(path, 'latin1').catch(() => fallback);
