import { writeFile } from 'node:fs/promises';
import { MiddlewareError } from '../core/errors.js';

/**
 * Writes a file that the user named on the command line, in place of one that is there.
 *
 * @throws {MiddlewareError} ERR_USAGE with `name` and `reason`.
 */
export async function writeTextFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw new MiddlewareError('ERR_USAGE', 'File cannot be written', {
      fields: { name: path, reason: 'outputUnwritable' },
      cause,
    });
  }
}
