import { z } from 'zod';
import type { ControlMethod } from '../control-contract/methods.js';
import { methodSchemas } from '../control-contract/schemas.js';

/** Documents of one form: one, or one a line until the command ends. */
export interface JsonForm {
  readonly kind: 'document' | 'lines';
  readonly schema: z.ZodType;
}

/** It shows something on a terminal, or writes what another program reads as it stands. */
export interface NoJsonForm {
  readonly kind: 'none';
  readonly why: string;
}

/** What a command writes with `--json`: to standard output, where nothing else is said. */
export type JsonOutput =
  | NoJsonForm
  | (JsonForm & {
      /** Something else with these options or arguments: `--watch`. */
      readonly other?: Readonly<Record<string, JsonForm | NoJsonForm>>;
      /** Meanwhile, to standard error, one a line. */
      readonly progress?: z.ZodType;
    });

/** By the words of the command: `sandbox insert`. */
export type JsonOutputs = Readonly<Record<string, JsonOutput>>;

/** One document of this form. */
export function document(schema: z.ZodType): JsonForm {
  return { kind: 'document', schema };
}

/** One document of this form a line. */
export function lines(schema: z.ZodType): JsonForm {
  return { kind: 'lines', schema };
}

/** One document: the answer of a method of the control socket. */
export function answerOf(method: ControlMethod): JsonForm {
  return document(methodSchemas[method].result);
}

/** That answer with more members. */
export function answerWith(method: ControlMethod, members: z.ZodRawShape): JsonForm {
  const { result } = methodSchemas[method];
  if (!(result instanceof z.ZodObject)) throw new TypeError(`The answer of ${method} has no members`);
  return document(result.extend(members));
}

/** ISO 8601, UTC. */
export const time = z.iso.datetime();

/** Facts of an error or a finding. */
export const fields = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
