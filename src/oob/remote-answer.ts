import type { z } from 'zod';
import { MiddlewareError } from '../core/errors.js';
import type { HttpAnswer, HttpTrust } from '../core/ports.js';
import type { RelyingPartyEndpoints } from '../model/relying-party.js';

/** Whom to believe at the addresses of an entry. */
export function trustOf({ caFile, pins }: RelyingPartyEndpoints): HttpTrust {
  return { ...(caFile === undefined ? {} : { caFile }), pins };
}

const json: readonly string[] = ['application/json'];

/**
 * What a JSON answer holds; members that nobody asked for are left out.
 *
 * @throws {MiddlewareError} ERR_REMOTE_RESPONSE for another media type or another shape.
 */
export function readJson<T>({ contentType, body }: HttpAnswer, schema: z.ZodType<T>, url: string, types = json): T {
  const parsed = types.includes(contentType) ? schema.safeParse(parse(body)) : undefined;
  if (parsed?.success === true) return parsed.data;
  throw malformedAnswer(url);
}

/** The error of an answer that the protocol does not know. */
export function malformedAnswer(url: string): MiddlewareError {
  return new MiddlewareError('ERR_REMOTE_RESPONSE', 'Answer is not what the protocol says', {
    fields: { host: new URL(url).host, reason: 'malformed' },
  });
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
