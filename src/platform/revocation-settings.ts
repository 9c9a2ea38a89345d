import { z } from 'zod';
import type { MiddlewareError } from '../core/errors.js';
import { readSettingsFiles } from './settings-file.js';

/** What the administrator and the user have settled about asking whether certificates were revoked. */
export interface RevocationSettings {
  readonly check: boolean;
  /** Whether this server may be called, as it stands in a URL: with a port that is not the usual one. */
  readonly mayCall: (host: string) => boolean;
}

const schema = z.strictObject({
  check: z.boolean().optional(),
  hosts: z
    .array(
      z
        .string()
        .regex(/^[!-~]{1,255}$/)
        .toLowerCase(),
    )
    .max(64)
    .optional(),
});

/**
 * Each file may only forbid more: the checks, or all servers but some. One that cannot be used, which may be a typing
 * error in a prohibition, forbids the checks.
 */
export function readRevocationSettings(
  paths: readonly string[],
  onProblem: (problem: MiddlewareError) => void,
): RevocationSettings {
  const problems: MiddlewareError[] = [];
  const files = readSettingsFiles(paths, schema, (problem) => problems.push(problem));
  problems.forEach(onProblem);
  return {
    check: problems.length === 0 && files.every(({ check }) => check !== false),
    mayCall: (host) => files.every(({ hosts }) => hosts?.includes(host) !== false),
  };
}
