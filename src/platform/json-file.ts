import { readFile, stat } from 'node:fs/promises';
import { MiddlewareError } from '../core/errors.js';

const maxBytes = 1 << 18;

/**
 * What a JSON file holds.
 *
 * @throws {MiddlewareError} ERR_CONFIG_INVALID with `path` and a `reason`: it cannot be read, is a folder, is longer than
 *   256 KiB, or is not JSON.
 */
export async function readJsonFile(path: string): Promise<unknown> {
  const text = await readText(path).catch((error: unknown) => {
    throw unusable(path, reasons[(error as NodeJS.ErrnoException).code ?? ''] ?? 'fileUnreadable', error);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(path, 'fileNotJson', error);
  }
}

async function readText(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > maxBytes) throw Object.assign(new RangeError('file is too long'), { code: 'EFBIG' });
  return await readFile(path, 'utf8');
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'fileMissing',
  ENOTDIR: 'fileMissing',
  EISDIR: 'fileIsFolder',
  EACCES: 'fileDenied',
  EPERM: 'fileDenied',
  EFBIG: 'fileTooLong',
};

function unusable(path: string, reason: string, cause: unknown): MiddlewareError {
  return new MiddlewareError('ERR_CONFIG_INVALID', 'File cannot be used', { fields: { path, reason }, cause });
}
