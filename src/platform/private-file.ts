import { closeSync, existsSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join, basename } from 'node:path';
import { MiddlewareError } from '../core/errors.js';

/** A file that the user named on the command line, for nobody else to read. */
export interface PrivateFile {
  readonly path: string;
  readonly overwrite: boolean;
}

/**
 * Refuses a file that may not be written there.
 *
 * @throws {MiddlewareError} ERR_USAGE with `name` and `reason`.
 */
export function refuseExisting({ path, overwrite }: PrivateFile): void {
  if (!overwrite && existsSync(path)) throw unwritable(path, 'outputExists');
  if (!existsSync(dirname(path))) throw unwritable(path, 'outputUnwritable');
}

/**
 * Writes it whole or not at all, with permissions for its owner only.
 *
 * @throws {MiddlewareError} ERR_USAGE with `name` and `reason`.
 */
export function writePrivateFile(file: PrivateFile, bytes: Uint8Array): void {
  refuseExisting(file);
  const draft = join(dirname(file.path), `.${basename(file.path)}.${process.pid}.new`);
  try {
    // Not through a link that somebody put there, and not into a file that is there already.
    const descriptor = openSync(draft, 'wx', 0o600);
    try {
      fchmodSync(descriptor, 0o600);
      for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, file.path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw unwritable(file.path, 'outputUnwritable', cause);
  }
}

function unwritable(path: string, reason: string, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_USAGE', 'File cannot be written', { fields: { name: path, reason }, cause });
}
