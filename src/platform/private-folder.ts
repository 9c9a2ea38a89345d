import { lstatSync, mkdirSync } from 'node:fs';
import { dirname, basename } from 'node:path';
import { MiddlewareError } from '../core/errors.js';
import { defaultInstance } from './instance.js';
import type { InstancePaths } from './paths.js';

/**
 * Makes a folder that only its owner can use, or checks the one that is there.
 *
 * @throws {MiddlewareError} ERR_CONFIG_FOLDER_UNSAFE when it is a link, no folder, another user's, or open to others.
 */
export function ensurePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  checkPrivateFolder(path);
}

/**
 * Whether a private folder is there.
 *
 * @throws {MiddlewareError} ERR_CONFIG_FOLDER_UNSAFE as {@link ensurePrivateFolder}.
 */
export function checkPrivateFolder(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  // Windows has neither; there the folder lies in the user's profile, which its access list protects.
  const ours = process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o077) === 0);
  if (found.isDirectory() && ours) return true;
  throw new MiddlewareError('ERR_CONFIG_FOLDER_UNSAFE', 'Folder is not private', { fields: { path } });
}

/**
 * Makes and checks the folders of an instance, those that it shares with other instances first.
 *
 * @throws {MiddlewareError} ERR_CONFIG_FOLDER_UNSAFE.
 */
export function ensureInstanceFolders(paths: InstancePaths): void {
  for (const folder of [paths.runtime, paths.state, paths.config]) {
    const named = paths.instance !== defaultInstance && basename(folder) === paths.instance;
    if (named) ensurePrivateFolder(dirname(folder));
    ensurePrivateFolder(folder);
  }
}
