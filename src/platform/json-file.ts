import { readFile, stat } from 'node:fs/promises';
import { MiddlewareError } from '../core/errors.js';

const maxBytes = 1 << 18;

/**
 * What a JSON file holds.
 *
 * @throws {MiddlewareError} ERR_CONFIG_INVALID when it cannot be read, is longer than 256 KiB, or is not JSON.
 */
export async function readJsonFile(path: string): Promise<unknown> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw new RangeError('file is too long');
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const detail = error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : undefined;
    throw new MiddlewareError('ERR_CONFIG_INVALID', 'File cannot be read', { fields: { path, detail }, cause: error });
  }
}
