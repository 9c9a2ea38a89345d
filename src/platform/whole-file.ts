import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Permissions of what {@link writeWholeFile} makes; without them, as the user's umask says. */
export interface WholeFileModes {
  readonly folder?: number;
  readonly file?: number;
}

/** Writes a file whole or not at all, also when the disk is full, and makes the folders above it; fails as Node does. */
export function writeWholeFile(
  path: string,
  text: string,
  { folder = 0o777, file = 0o666 }: WholeFileModes = {},
): void {
  mkdirSync(dirname(path), { recursive: true, mode: folder });
  const draft = `${path}.${process.pid}.new`;
  try {
    writeFileSync(draft, text, { mode: file });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
