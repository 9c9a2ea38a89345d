import { z } from 'zod';
import type { MiddlewareError } from '../core/errors.js';
import { sanitizeOutsideText } from '../core/outside-text.js';
import type { ExpiryActionRule } from '../model/expiry.js';
import { readSettingsFiles } from './settings-file.js';

/** What an organization has settled about ends. */
export interface ExpirySettings {
  /** The first that fits counts. */
  readonly rules: readonly ExpiryActionRule[];
  readonly remember: boolean;
}

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
 * one of them forbids it, or cannot be used, and might.
 *
 * @param onProblem - told of each file that cannot be used (ERR_CONFIG_INVALID with `path`).
 */
export function readExpirySettings(
  paths: readonly string[],
  onProblem: (problem: MiddlewareError) => void,
): ExpirySettings {
  const unusable: MiddlewareError[] = [];
  const files = readSettingsFiles(paths, schema, (problem) => {
    unusable.push(problem);
    onProblem(problem);
  });
  return {
    rules: files.flatMap(({ actions }) =>
      actions.map(({ subject, issuer, ...action }): ExpiryActionRule => ({ subject, issuer, action })),
    ),
    remember: unusable.length === 0 && files.every(({ remember }) => remember !== false),
  };
}
