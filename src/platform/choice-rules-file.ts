import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { ChoiceRule } from '../model/certificate-choice.js';

const maxBytes = 1 << 18;
/** More than anybody reads. */
const maxRules = 200;

const text = z.string().min(1).max(512);

const ruleSchema = z.strictObject({
  relying_party: z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/)
    .optional(),
  purpose: z.enum(['auth', 'sign']).optional(),
  prefer: z
    .strictObject({
      fingerprint: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional(),
      level: z.union([z.literal(2), z.literal(3)]).optional(),
      issuer: text.optional(),
      organization: text.optional(),
    })
    .refine((prefer) => Object.values(prefer).some((value) => value !== undefined), 'prefers nothing'),
});

const fileSchema = z.strictObject({ rules: z.array(ruleSchema).max(maxRules) });

/**
 * The rules of a file, in its order; none when there is no such file.
 *
 * @throws {MiddlewareError} ERR_CONFIG_INVALID with `path` and a `reason`, and the `field` where one is wrong.
 */
export function readChoiceRules(path: string, source: ChoiceRule['source']): readonly ChoiceRule[] {
  const json = readJson(path);
  if (json === undefined) return [];
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) throw invalid(path, problemOf(parsed.error));
  return parsed.data.rules.map(({ relying_party: relyingParty, purpose, prefer }) => ({
    ...(relyingParty === undefined ? {} : { relyingParty }),
    ...(purpose === undefined ? {} : { purpose }),
    prefer,
    source,
  }));
}

/**
 * Writes the rules in place of those that are there: whoever reads the file meanwhile gets the old or the new ones.
 *
 * @throws {MiddlewareError} ERR_CONFIG_INVALID with `path` and a `reason`.
 */
export function writeChoiceRules(path: string, rules: readonly ChoiceRule[]): void {
  const written = rules.map(({ relyingParty, purpose, prefer }) => ({ relying_party: relyingParty, purpose, prefer }));
  if (written.length > maxRules) throw invalid(path, { reason: 'rulesTooMany' });
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.new`, `${JSON.stringify({ rules: written }, undefined, 2)}\n`, { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw invalid(path, { reason: 'fileUnwritable' }, error);
  }
}

interface RuleProblem {
  readonly reason: string;
  readonly field?: string;
}

function readJson(path: string): unknown {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    if (found.size > maxBytes) throw invalid(path, { reason: 'fileTooLong' });
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (isMiddlewareError(error)) throw error;
    throw invalid(path, { reason: error instanceof SyntaxError ? 'fileNotJson' : 'fileUnreadable' }, error);
  }
}

function problemOf({ issues }: z.ZodError): RuleProblem {
  const issue = issues[0];
  const at = (issue?.path ?? []).join('.');
  if (issue?.code === 'unrecognized_keys') {
    return { reason: 'fieldUnknown', field: [at, issue.keys[0]].filter(Boolean).join('.') };
  }
  if (at === '') return { reason: 'entryForm' };
  if (issue?.code === 'too_big' && at === 'rules') return { reason: 'rulesTooMany' };
  if (issue?.message === 'prefers nothing') return { reason: 'ruleEmpty', field: at };
  return { reason: 'fieldForm', field: at };
}

const invalid = (path: string, problem: RuleProblem, cause?: unknown): MiddlewareError =>
  new MiddlewareError('ERR_CONFIG_INVALID', 'Rules for choosing cannot be used', {
    fields: { path, ...problem },
    cause,
  });
