import { lstatSync, mkdirSync } from 'node:fs';
import { dirname, basename } from 'node:path';
import { MiddlewareError } from '../core/errors.js';
import { defaultInstance } from './instance.js';
import type { InstancePaths } from './paths.js';

/**
 * Makes a folder that only its owner can use, or checks the one that is there.
 *
 * @throws {MiddlewareError} ERR_CONFIG_FOLDER_UNSAFE when it is a link, no folder, another user's, or open to others;
 *   ERR_CONFIG_INVALID with `path` and a `reason` when it cannot be made.
 */
export function ensurePrivateFolder(path: string): void {
  // What is there already is judged below.
  if (checkPrivateFolder(path)) return;
  typed(path, () => mkdirSync(path, { recursive: true, mode: 0o700 }));
  checkPrivateFolder(path);
}

/**
 * Whether a private folder is there.
 *
 * @throws {MiddlewareError} as {@link ensurePrivateFolder}.
 */
export function checkPrivateFolder(path: string): boolean {
  const found = typed(path, () => lstatSync(path, { throwIfNoEntry: false }));
  if (found === undefined) return false;
  // Windows has neither; there the folder lies in the user's profile, which its access list protects.
  const ours = process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o077) === 0);
  if (found.isDirectory() && ours) return true;
  throw new MiddlewareError('ERR_CONFIG_FOLDER_UNSAFE', 'Folder is not private', { fields: { path } });
}

const reasons: Readonly<Record<string, string>> = {
  ENOTDIR: 'folderBlocked',
  EEXIST: 'folderBlocked',
  EACCES: 'folderDenied',
  EPERM: 'folderDenied',
};

/** Names the folder in what the file system complains about. */
function typed<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const reason = reasons[(cause as NodeJS.ErrnoException).code ?? ''] ?? 'folderUnusable';
    throw new MiddlewareError('ERR_CONFIG_INVALID', 'Folder cannot be used', { fields: { path, reason }, cause });
  }
}

/**
 * Makes and checks the folders of an instance, those that it shares with other instances first.
 *
 * @throws {MiddlewareError} as {@link ensurePrivateFolder}.
 */
export function ensureInstanceFolders(paths: InstancePaths): void {
  for (const folder of [paths.runtime, paths.state, paths.config]) {
    const named = paths.instance !== defaultInstance && basename(folder) === paths.instance;
    if (named) ensurePrivateFolder(dirname(folder));
    ensurePrivateFolder(folder);
  }
}
