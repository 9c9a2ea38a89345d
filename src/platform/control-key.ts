import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * The key that opens each connection to the control pipe on Windows, where Node cannot say who may connect: a random
 * secret in a file that only the user can read. The file access is tried on Linux; the whole on Windows is not.
 */

const keyLength = 32;

/** Makes a new key for a daemon that starts, and leaves it in a private folder for the clients. */
export function createControlKey(folder: string): Uint8Array {
  const key = randomBytes(keyLength);
  const written = `${fileIn(folder)}.${process.pid}`;
  writeFileSync(written, key, { mode: 0o600 });
  renameSync(written, fileIn(folder));
  return key;
}

/** The key of the daemon that started last; undefined when none has. */
export function readControlKey(folder: string): Uint8Array | undefined {
  try {
    return readFileSync(fileIn(folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const fileIn = (folder: string): string => join(folder, 'control.key');
