import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { MiddlewareError } from '../core/errors.js';

/**
 * The file behind a path, links followed, if nobody but the administrator and the user can have put it there: it and
 * every folder above it belong to one of them and are not writable for others (a sticky folder such as /tmp may be).
 *
 * @throws {MiddlewareError} ERR_CONFIG_INVALID with `path` and a `reason`.
 */
export function requireTrustedFile(path: string): string {
  const file = resolved(path);
  if (process.getuid === undefined) return file;
  const uid = process.getuid();
  const found = statSync(file);
  if (!found.isFile()) throw unusable(path, 'fileIsFolder');
  for (let at = file; ; at = dirname(at)) {
    const { uid: owner, mode } = statSync(at);
    const sticky = at !== file && (mode & 0o1000) !== 0;
    if ((owner !== 0 && owner !== uid) || ((mode & 0o022) !== 0 && !sticky)) throw unusable(path, 'fileUntrusted');
    if (dirname(at) === at) return file;
  }
}

function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw unusable(path, 'fileMissing', cause);
  }
}

function unusable(path: string, reason: string, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_CONFIG_INVALID', 'File cannot be used', { fields: { path, reason }, cause });
}
