import { lstatSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { MiddlewareError } from '../core/errors.js';

/** As many as Linux follows (path_resolution(7)). */
const maxLinks = 40;

/**
 * The file behind a path, links followed, if nobody but the administrator and the user can have put it there or led the
 * path to it: the file, every link on the way and every folder above them belong to one of the two and are not writable
 * for others (a sticky folder such as /tmp may be).
 *
 * @throws {MiddlewareError} ERR_CONFIG_INVALID with `path` and a `reason`.
 */
export function requireTrustedFile(path: string): string {
  try {
    if (process.getuid === undefined) return realpathSync(path);
    return walk(path, process.getuid());
  } catch (error) {
    if (error instanceof MiddlewareError) throw error;
    throw unusable(path, 'fileMissing', error);
  }
}

/** Goes the way of the kernel, and looks at every step of it. */
function walk(path: string, uid: number): string {
  if (!isAbsolute(path)) throw unusable(path, 'fileMissing');
  const steps = path.split('/');
  let at = '/';
  let found = lstatSync(at);
  for (let links = 0; steps.length > 0;) {
    const step = steps.shift() ?? '';
    const next = step === '..' ? dirname(at) : join(at, step);
    found = lstatSync(next);
    if (!isTrusted(found, uid)) throw unusable(path, 'fileUntrusted');
    if (!found.isSymbolicLink()) {
      at = next;
      continue;
    }
    if ((links += 1) > maxLinks) throw unusable(path, 'fileMissing');
    const target = readlinkSync(next);
    steps.unshift(...target.split('/'));
    if (isAbsolute(target)) at = '/';
  }
  if (!found.isFile()) throw unusable(path, 'fileIsFolder');
  return at;
}

/** A link's own mode says nothing: whoever may change its folder may change it. */
function isTrusted(found: Stats, uid: number): boolean {
  if (found.uid !== 0 && found.uid !== uid) return false;
  const isSticky = found.isDirectory() && (found.mode & 0o1000) !== 0;
  return found.isSymbolicLink() || isSticky || (found.mode & 0o022) === 0;
}

function unusable(path: string, reason: string, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_CONFIG_INVALID', 'File cannot be used', { fields: { path, reason }, cause });
}
