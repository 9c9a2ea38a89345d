import { constants, type Stats } from 'node:fs';
import { access, lstat, readdir, readFile, realpath, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskFacts, PathFacts } from '../model/machine.js';

/** What a path leads to, links not followed; undefined where nothing is there, or nobody may know. */
export async function lookAtPath(path: string): Promise<PathFacts | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return { kind: kindOf(found), uid: found.uid, owner: await ownerName(found.uid), mode: found.mode & 0o7777 };
}

function kindOf(found: Stats): PathFacts['kind'] {
  if (found.isSymbolicLink()) return 'link';
  if (found.isDirectory()) return 'folder';
  if (found.isSocket()) return 'socket';
  return found.isFile() ? 'file' : 'other';
}

/** passwd(5); users of a directory service keep their number. */
async function ownerName(uid: number): Promise<string> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const line = text.split('\n').find((entry) => entry.split(':')[2] === String(uid));
  return line?.split(':')[0] ?? String(uid);
}

const mostPaths = 500;
const deepest = 4;

/** Paths of what is below a folder, links not followed, some hundreds at most. */
export async function pathsBelow(folder: string, depth = deepest): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries) {
    if (found.length >= mostPaths) break;
    const path = join(folder, entry.name);
    found.push(path);
    if (entry.isDirectory() && depth > 1) found.push(...(await pathsBelow(path, depth - 1)));
  }
  return found.slice(0, mostPaths);
}

/** f_type of statfs(2), linux/magic.h and the file systems' own headers. */
const networkTypes: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB',
  0x5346414f: 'AFS',
  0x01021997: '9P',
};

/** The disk that a path is on; undefined where the system does not tell. */
export async function diskOfPath(path: string): Promise<DiskFacts | undefined> {
  const found = await statfs(path).catch(() => undefined);
  if (found === undefined) return undefined;
  const writable = await access(path, constants.W_OK).catch((error: unknown) => error);
  return {
    freeBytes: found.bavail * found.bsize,
    network: networkTypes[found.type >>> 0],
    isReadOnly: (writable as NodeJS.ErrnoException | undefined)?.code === 'EROFS',
  };
}

/** Whether the rights of a folder let this user write to it. */
export async function mayWriteTo(path: string): Promise<boolean> {
  const failure = await access(path, constants.W_OK | constants.X_OK).catch((error: unknown) => error);
  return !['EACCES', 'EPERM'].includes((failure as NodeJS.ErrnoException | undefined)?.code ?? '');
}

/** Where a path leads to, links followed; undefined where nothing is there. */
export async function realPath(path: string): Promise<string | undefined> {
  return await realpath(path).catch(() => undefined);
}
