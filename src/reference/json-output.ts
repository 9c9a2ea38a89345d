import { z } from 'zod';
import type { ControlMethod } from '../control-contract/methods.js';
import { methodSchemas } from '../control-contract/schemas.js';

/** What a command writes to standard output with `--json`. */
export type JsonOutput =
  | {
      /** One document, or one a line until the command ends. */
      readonly kind: 'document' | 'lines';
      readonly schema: z.ZodType;
    }
  /** It shows something on a terminal, or writes what another program reads as it stands. */
  | { readonly kind: 'none'; readonly why: string };

/** By the words of the command: `sandbox insert`. */
export type JsonOutputs = Readonly<Record<string, JsonOutput>>;

/** One document of this form. */
export function document(schema: z.ZodType): JsonOutput {
  return { kind: 'document', schema };
}

/** One document: the answer of a method of the control socket. */
export function answerOf(method: ControlMethod): JsonOutput {
  return document(methodSchemas[method].result);
}

/** That answer with more members. */
export function answerWith(method: ControlMethod, members: z.ZodRawShape): JsonOutput {
  const { result } = methodSchemas[method];
  if (!(result instanceof z.ZodObject)) throw new TypeError(`The answer of ${method} has no members`);
  return document(result.extend(members));
}

/** ISO 8601, UTC. */
export const time = z.iso.datetime();

/** Facts of an error or a finding. */
export const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
