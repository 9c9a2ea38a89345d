import type { z } from 'zod';
import { MiddlewareError } from '../../core/errors.js';
import { nestsDeeperThan } from '../json-depth.js';

const invalid = (message: string, cause?: unknown): MiddlewareError =>
  new MiddlewareError('ERR_OOB_INVALID_PARAMETERS', message, { cause });

/** Parses a JSON text (RFC 8259, UTF-8, no byte order mark) whose arrays and objects nest at most `maxDepth` deep. */
export function parseJsonBody(bytes: Uint8Array, maxDepth: number): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw invalid('The body is not UTF-8', error);
  }
  if (nestsDeeperThan(text, maxDepth)) throw invalid('The body is nested too deeply');
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, so it is not kept.
    throw invalid('The body is not JSON');
  }
}

/** The body in its schema's shape; names the first field that is wrong, never its value. */
export function checkBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue?.code === 'unrecognized_keys') throw invalid('The body has a field that this call does not know');
  throw invalid(`The body is wrong at ${['body', ...(issue?.path ?? [])].join('.')}`);
}
