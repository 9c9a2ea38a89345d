import { readFileSync } from 'node:fs';
import { z } from 'zod';

type Schema = Parameters<typeof z.fromJSONSchema>[0];

/** What a command writes as `docs/json-schemas.json` has it. */
interface PublishedForm {
  readonly output: 'document' | 'lines';
  readonly schema: Schema;
}

type PublishedCommand =
  | { readonly sameAs: string }
  | (PublishedForm & { readonly progress?: Schema; readonly with?: Readonly<Record<string, PublishedForm>> });

interface Published {
  readonly failure: Schema;
  readonly version: Schema;
  readonly help: Schema;
  readonly commands: Readonly<Record<string, PublishedCommand>>;
}

/** The file that other programs read, not what it is made from. */
export const publishedSchemas = JSON.parse(readFileSync('docs/json-schemas.json', 'utf8')) as Published;

/** A form that nothing undocumented passes. */
export interface StrictForm {
  readonly kind: 'document' | 'lines';
  /** @throws {z.ZodError} for a member that is missing, of another type, or not documented. */
  readonly check: (document: unknown) => void;
}

/**
 * The form of a command, or with these options or arguments: `status --watch`.
 *
 * @throws {Error} for a command without one.
 */
export function publishedForm(path: string, options?: string): StrictForm {
  const command = published(path);
  const form = options === undefined ? command : command.with?.[options];
  if (form === undefined) throw new Error(`No schema of kort ${path} ${options}`);
  return { kind: form.output, check: strictCheck(form.schema) };
}

/** What a command writes to standard error meanwhile; undefined where that is for people. */
export function publishedProgress(path: string): StrictForm['check'] | undefined {
  const { progress } = published(path);
  return progress === undefined ? undefined : strictCheck(progress);
}

/** Of a failure, `--version` or `help`. */
export function publishedAnswer(name: 'failure' | 'version' | 'help'): StrictForm['check'] {
  return strictCheck(publishedSchemas[name]);
}

function published(path: string): Exclude<PublishedCommand, { sameAs: string }> {
  const command = publishedSchemas.commands[path];
  if (command === undefined) throw new Error(`No schema of kort ${path}`);
  return 'sameAs' in command ? published(command.sameAs) : command;
}

const checks = new WeakMap<object, StrictForm['check']>();

function strictCheck(schema: Schema): StrictForm['check'] {
  const known = checks.get(schema as object);
  if (known !== undefined) return known;
  const type = z.fromJSONSchema(strict(schema) as Schema);
  const check = (document: unknown): void => void type.parse(document);
  checks.set(schema as object, check);
  return check;
}

/** Published schemas leave room for members of later versions; ours of today has none. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, strict(value)]));
  const isClosed = schema instanceof Object && 'properties' in schema && !('additionalProperties' in schema);
  return isClosed ? { ...members, additionalProperties: false } : members;
}
