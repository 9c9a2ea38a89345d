import { z } from 'zod';
import { MiddlewareError } from '../core/errors.js';
import { protocol } from './protocol.js';

const base64url22 = z.string().regex(/^[A-Za-z0-9_-]{22,128}$/);
const unique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

/** Seconds since the epoch, before the year 2255: larger ones lose precision as milliseconds nowhere here. */
const seconds = z.int().min(0).max(9_000_000_000);

const headerSchema = z.strictObject({
  typ: z.literal(protocol.requestType),
  alg: z.string().max(16),
  kid: z.string().min(1).max(128),
});

// Strict: what this version does not know, it must not act on (`jwk`, `crit` and any claim of later versions alike).
const claimsSchema = z.strictObject({
  iss: z.string().min(1).max(255),
  aud: z.literal(protocol.requestAudience),
  iat: seconds,
  exp: seconds,
  jti: z.string().regex(/^[\x21-\x7e]{8,128}$/),
  nonce: base64url22,
  purpose: z.literal('auth'),
  launchers: z
    .array(z.enum(['page', 'process', 'redirect', 'scheme']))
    .min(1)
    .refine(unique),
  acr_values: z
    .array(z.enum(['http://id.sambi.se/loa/loa2', 'http://id.sambi.se/loa/loa3']))
    .min(1)
    .refine(unique),
  user: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,31}$/)
    .optional(),
  issuers: z.array(z.string().min(1).max(512)).min(1).max(16).optional(),
  confirmation_code: z.string().regex(/^[2-9A-HJ-NP-Z]{4,8}$/),
  binding_message: z.string().min(1).max(300).optional(),
  response_mode: z.literal('collect'),
});

/** Header of a request object. */
export type RequestHeader = z.infer<typeof headerSchema>;

/** Claims of a request object, as the relying party signed them. */
export type RequestClaims = z.infer<typeof claimsSchema>;

/** Reads a request object's header; throws ERR_OOB_INVALID_PARAMETERS. */
export function readRequestHeader(json: unknown): RequestHeader {
  return read(headerSchema, json, 'header');
}

/** Reads a request object's claims; throws ERR_OOB_INVALID_PARAMETERS. */
export function readRequestClaims(json: unknown): RequestClaims {
  return read(claimsSchema, json, 'claim');
}

function read<T>(schema: z.ZodType<T>, json: unknown, what: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  // Only names that the schema knows: the names of unknown members are the caller's words.
  const issue = parsed.error.issues[0];
  if (issue?.code === 'unrecognized_keys') throw invalidRequest(`a ${what} that this version does not know`);
  const path = issue?.path.join('.') ?? '';
  throw invalidRequest(path === '' ? `${what}s` : `${what} ${path}`);
}

/** The error of a request object that is not what the protocol says; `detail` is ours, never the caller's text. */
export function invalidRequest(detail: string): MiddlewareError {
  return new MiddlewareError('ERR_OOB_INVALID_PARAMETERS', `Request object refused: ${detail}`, { fields: { detail } });
}
