import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { MiddlewareError, type ErrorFields } from '../core/errors.js';
import { sanitizeOutsideText } from '../core/outside-text.js';
import type { ExpiryActionRule } from '../model/expiry.js';
import { requireTrustedFile } from './trusted-file.js';

/** What an organization has settled about ends. */
export interface ExpirySettings {
  /** The first that fits counts. */
  readonly rules: readonly ExpiryActionRule[];
  readonly remember: boolean;
}

const maxFileBytes = 65_536;
const shown = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .transform((text) => sanitizeOutsideText(text));

const schema = z.strictObject({
  actions: z
    .array(
      z.strictObject({
        subject: z.enum(['certificate', 'issuer', 'card', 'relying-party-key', 'clock']).optional(),
        issuer: z.string().min(1).max(512).optional(),
        kind: z.enum(['download', 'visit', 'call', 'none']),
        text: z.strictObject({ sv: shown(300), en: shown(300) }).optional(),
        // Whoever reads it types it or clicks on it: no name before an @ may pass for the server's.
        url: z
          .url({ protocol: /^https$/, hostname: z.regexes.domain })
          .regex(/^[\x21-\x3f\x41-\x7e]{1,500}$/)
          .optional(),
        phone: z
          .string()
          .regex(/^[+0-9][0-9 ()/-]{2,30}$/)
          .optional(),
      }),
    )
    .max(64)
    .default([]),
  remember: z.boolean().optional(),
});

/**
 * What these files say, the first before the others; a file that is not there says nothing. Cards are remembered unless
 * one of them forbids it.
 *
 * @param onProblem - told of each file that cannot be used (ERR_CONFIG_INVALID with `path`).
 */
export function readExpirySettings(
  paths: readonly string[],
  onProblem: (problem: MiddlewareError) => void,
): ExpirySettings {
  const files = paths.flatMap((path) => {
    try {
      return statSync(path, { throwIfNoEntry: false }) === undefined ? [] : [readSettings(path)];
    } catch (cause) {
      onProblem(asProblem(path, cause));
      return [];
    }
  });
  return {
    rules: files.flatMap(({ actions }) =>
      actions.map(({ subject, issuer, ...action }): ExpiryActionRule => ({ subject, issuer, action })),
    ),
    remember: files.every(({ remember }) => remember !== false),
  };
}

function readSettings(path: string): z.infer<typeof schema> {
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
  return new MiddlewareError('ERR_CONFIG_INVALID', 'Settings of the expiry radar cannot be used', {
    fields: { path, ...fields },
    cause,
  });
}
