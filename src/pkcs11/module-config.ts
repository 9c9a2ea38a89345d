import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, sep } from 'node:path';
import { z } from 'zod';
import { MiddlewareError, type ErrorFields } from '../core/errors.js';
import { requireTrustedFile } from '../platform/trusted-file.js';

/** Variables that would change what the process runs, not how the module behaves. */
const forbiddenVariable = /^(NODE_|LD_|DYLD_)/;

/** No more is read of a file that somebody may have made large. */
const maxFileBytes = 65_536;

/** A name with a zero byte in it ends elsewhere for the system than for us. */
const text = z.string().refine((value) => !value.includes('\0'), 'must not contain a zero byte');

const schema = z.strictObject({
  path: text.refine((value) => isAbsolute(value) && !value.split(sep).includes('..'), 'must be absolute, without ..'),
  name: z.string().min(1).max(60).optional(),
  enabled: z.boolean().default(true),
  pin: z
    .strictObject({
      characters: z.enum(['digits', 'printable']).optional(),
      minLength: z.int().min(1).max(64).optional(),
      maxLength: z.int().min(1).max(64).optional(),
    })
    .default({}),
  ignorePinPad: z.boolean().default(false),
  slotEvents: z.boolean().default(true),
  environment: z
    .record(z.string().regex(/^\w{1,64}$/), text.max(4096))
    .refine((all) => !Object.keys(all).some((name) => forbiddenVariable.test(name)), 'must not change the process')
    .default({}),
});

/** One file of `modules.d`. */
export type ModuleConfig = z.infer<typeof schema>;

/**
 * What the `*.json` files in these folders say, in order; a folder that is not there counts as empty.
 *
 * @param onProblem - told of each file that cannot be used (ERR_CONFIG_INVALID with `path`).
 */
export function readModuleConfigs(
  folders: readonly string[],
  onProblem: (problem: MiddlewareError) => void,
): readonly ModuleConfig[] {
  return folders.flatMap((folder) =>
    namesIn(folder).flatMap((name) => {
      try {
        return [readModuleConfig(join(folder, name))];
      } catch (cause) {
        onProblem(asProblem(join(folder, name), cause));
        return [];
      }
    }),
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .toSorted();
  } catch {
    return [];
  }
}

function readModuleConfig(path: string): ModuleConfig {
  const file = requireTrustedFile(path);
  if (statSync(file).size > maxFileBytes) throw unusable(path, { reason: 'fileTooLong' });
  const config = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return { ...config, name: config.name ?? basename(config.path) };
}

function asProblem(path: string, cause: unknown): MiddlewareError {
  if (cause instanceof MiddlewareError) return cause;
  if (cause instanceof SyntaxError) return unusable(path, { reason: 'fileNotJson' }, cause);
  if (!(cause instanceof z.ZodError)) return unusable(path, { reason: 'fileUnreadable' }, cause);
  const [issue] = cause.issues;
  if (issue?.code === 'unrecognized_keys') {
    return unusable(path, { reason: 'fieldUnknown', field: issue.keys[0] ?? '' }, cause);
  }
  const field = issue?.path.join('.') ?? '';
  return unusable(path, field === '' ? { reason: 'entryForm' } : { reason: 'fieldForm', field }, cause);
}

function unusable(path: string, fields: ErrorFields, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_CONFIG_INVALID', 'Module file cannot be used', {
    fields: { path, ...fields },
    cause,
  });
}
