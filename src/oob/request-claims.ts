import { z } from 'zod';
import { MiddlewareError } from '../core/errors.js';
import { sanitizeOutsideText } from '../core/outside-text.js';
import { launchers } from '../model/relying-party.js';
import { digestBytes, type DigestAlgorithm } from '../model/signature.js';
import { protocol, unique } from './protocol.js';

const base64url22 = z.string().regex(/^[A-Za-z0-9_-]{22,128}$/);

/** Seconds since the epoch, before the year 2255: larger ones lose precision as milliseconds nowhere here. */
const seconds = z.int().min(0).max(9_000_000_000);

const headerSchema = z.strictObject({
  typ: z.literal(protocol.requestType),
  alg: z.string().max(16),
  kid: z.string().min(1).max(128),
});

const common = {
  iss: z.string().min(1).max(255),
  aud: z.literal(protocol.requestAudience),
  iat: seconds,
  exp: seconds,
  jti: z.string().regex(/^[\x21-\x7e]{8,128}$/),
  nonce: base64url22,
  launchers: z.array(z.enum(launchers)).min(1).refine(unique),
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
};

const documentSchema = z
  .strictObject({
    label: shown(z.string().max(200)),
    digest_alg: z.enum(['sha256', 'sha384', 'sha512']),
    digest: z.string().max(86),
  })
  .refine(({ digest_alg, digest }) => isDigest(digest, digest_alg), { path: ['digest'] });

const auth = { ...common, purpose: z.literal('auth') };
const sign = {
  ...common,
  purpose: z.literal('sign'),
  visible_text: shown(z.string().max(10_000), true),
  documents: z.array(documentSchema).min(1).max(20),
};
const collect = { response_mode: z.literal('collect') };
const directPost = {
  response_mode: z.literal('direct_post'),
  response_uri: z.string().max(1024),
  wallet_nonce: base64url22,
};

// Strict: what this version does not know, it must not act on (`jwk`, `crit` and any claim of later versions alike).
const claimsSchemas = {
  collect: z.discriminatedUnion('purpose', [
    z.strictObject({ ...auth, ...collect }),
    z.strictObject({ ...sign, ...collect }),
  ]),
  direct_post: z.discriminatedUnion('purpose', [
    z.strictObject({ ...auth, ...directPost }),
    z.strictObject({ ...sign, ...directPost }),
  ]),
};

/** How an answer goes back: fetched by the caller, or posted to the relying party. */
export type ResponseMode = keyof typeof claimsSchemas;

/** Header of a request object. */
export type RequestHeader = z.infer<typeof headerSchema>;

/** Claims of a request object, as the relying party signed them, but for what is shown: that is sanitized. */
export type RequestClaims = z.infer<(typeof claimsSchemas)[ResponseMode]>;

/** A document to sign, as the claims name it. */
export type SignedDocument = z.infer<typeof documentSchema>;

/** Reads a request object's header; throws ERR_OOB_INVALID_PARAMETERS. */
export function readRequestHeader(json: unknown): RequestHeader {
  return read(headerSchema, json, 'header');
}

/** Reads a request object's claims, which must be for this way of answering; throws ERR_OOB_INVALID_PARAMETERS. */
export function readRequestClaims(json: unknown, mode: ResponseMode): RequestClaims {
  return read<RequestClaims>(claimsSchemas[mode], json, 'claim');
}

/** Text for the prompt: nothing to see there is as bad as no text. */
function shown(schema: z.ZodString, lineBreaks = false) {
  return schema.transform((text) => sanitizeOutsideText(text, { lineBreaks })).pipe(z.string().min(1));
}

function isDigest(text: string, algorithm: DigestAlgorithm): boolean {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.length === digestBytes[algorithm] && bytes.toString('base64url') === text;
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
