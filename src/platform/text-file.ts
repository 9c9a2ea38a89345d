import { writeFile } from 'node:fs/promises';
import { MiddlewareError } from '../core/errors.js';

/**
 * Writes a file that the user named on the command line, in place of one that is there.
 *
 * @throws {MiddlewareError} ERR_CONFIG_INVALID with `path` and `reason`.
 */
export async function writeTextFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'EISDIR' ? 'fileIsFolder' : 'fileUnwritable';
    throw new MiddlewareError('ERR_CONFIG_INVALID', 'File cannot be written', { fields: { path, reason }, cause: error });
  }
}
