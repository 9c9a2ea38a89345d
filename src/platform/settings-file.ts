import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { MiddlewareError, type ErrorFields } from '../core/errors.js';
import { requireTrustedFile } from './trusted-file.js';

const maxFileBytes = 65_536;

/**
 * What those of these files say that are there, in this order; each must belong to the administrator or the user.
 *
 * @param onProblem - told of each file that cannot be used (ERR_CONFIG_INVALID with `path` and `reason`).
 */
export function readSettingsFiles<T>(
  paths: readonly string[],
  schema: z.ZodType<T>,
  onProblem: (problem: MiddlewareError) => void,
): readonly T[] {
  return paths.flatMap((path) => {
    try {
      return statSync(path, { throwIfNoEntry: false }) === undefined ? [] : [readSettings(path, schema)];
    } catch (cause) {
      onProblem(asProblem(path, cause));
      return [];
    }
  });
}

function readSettings<T>(path: string, schema: z.ZodType<T>): T {
  const file = requireTrustedFile(path);
  if (statSync(file).size > maxFileBytes) throw unusable(path, { reason: 'fileTooLong' });
  return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

function asProblem(path: string, cause: unknown): MiddlewareError {
  if (cause instanceof MiddlewareError) return cause;
  if (cause instanceof SyntaxError) return unusable(path, { reason: 'fileNotJson' }, cause);
  if (!(cause instanceof z.ZodError)) return unusable(path, { reason: 'fileUnreadable' }, cause);
  const field = cause.issues[0]?.path.join('.') ?? '';
  return unusable(path, field === '' ? { reason: 'entryForm' } : { reason: 'fieldForm', field }, cause);
}

function unusable(path: string, fields: ErrorFields, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_CONFIG_INVALID', 'Settings file cannot be used', {
    fields: { path, ...fields },
    cause,
  });
}
