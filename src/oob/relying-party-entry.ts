import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { z } from 'zod';
import { MiddlewareError } from '../core/errors.js';
import { sanitizeOutsideText } from '../core/outside-text.js';
import type { RelyingParty } from '../model/relying-party.js';
import { jwsAlgorithms } from './protocol.js';

/** Curve or key type that each algorithm needs (RFC 7518 §3.1). */
const keyShapes = {
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  PS256: { kty: 'RSA', crv: undefined },
  RS256: { kty: 'RSA', crv: undefined },
} as const;

const base64url = z.string().regex(/^[A-Za-z0-9_-]{1,1400}$/);
const unique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

// Strict: a private member (`d`), an address (`x5u`) or a second use has no place in a registered key.
const keySchema = z
  .strictObject({
    kid: z.string().regex(/^[\x21-\x7e]{1,128}$/),
    alg: z.enum(jwsAlgorithms),
    kty: z.enum(['EC', 'RSA']),
    use: z.literal('sig').optional(),
    crv: z.enum(['P-256', 'P-384']).optional(),
    x: base64url.optional(),
    y: base64url.optional(),
    n: base64url.optional(),
    e: base64url.optional(),
  })
  .refine(({ alg, kty, crv }) => kty === keyShapes[alg].kty && crv === keyShapes[alg].crv, 'key does not fit its alg')
  .refine(isUsableKey, 'not a public key of at least 2048 bits or on P-256 or P-384');

const nameSchema = z
  .string()
  .max(80)
  .transform((text) => sanitizeOutsideText(text))
  .pipe(z.string().min(1));

const entrySchema = z.strictObject({
  client_id: z.string().regex(/^[\x21-\x7e]{1,255}$/),
  display_name: z.strictObject({ sv: nameSchema, en: nameSchema }),
  origins: z.array(z.string().max(255)).max(16).refine(unique, 'twice').default([]),
  jwks: z.strictObject({
    keys: z
      .array(keySchema)
      .min(1)
      .max(8)
      .refine((keys) => unique(keys.map(({ kid }) => kid)), 'kid twice'),
  }),
  acr_values: z
    .array(z.enum(['http://id.sambi.se/loa/loa2', 'http://id.sambi.se/loa/loa3']))
    .min(1)
    .refine(unique, 'twice'),
  issuers: z.array(z.string().min(1).max(512)).max(16).default([]),
  launchers: z
    .array(z.enum(['page', 'process']))
    .min(1)
    .refine(unique, 'twice'),
  purposes: z.array(z.literal('auth')).min(1).max(1),
});

/**
 * Reads one entry of the registry of relying parties from its parsed JSON.
 *
 * @param json - what the file holds, already parsed.
 * @param source - whose folder it lies in; an origin of plain http on the loopback is for user entries only.
 * @throws {MiddlewareError} ERR_CONFIG_INVALID with the `path` in the entry and a `detail` for developers.
 */
export function parseRelyingParty(json: unknown, source: RelyingParty['source']): RelyingParty {
  const parsed = entrySchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(issue?.path.join('.') ?? '', issue?.message ?? 'invalid');
  }
  const entry = parsed.data;
  const wrong = entry.origins.findIndex((origin) => !isAllowedOrigin(origin, source));
  if (wrong >= 0) throw invalid(`origins.${wrong}`, 'not an exact https origin');
  if (entry.launchers.includes('page') && entry.origins.length === 0)
    throw invalid('origins', 'a page needs an origin');
  return {
    clientId: entry.client_id,
    displayName: entry.display_name,
    origins: entry.origins,
    jwks: entry.jwks,
    acrValues: entry.acr_values,
    issuers: entry.issuers,
    launchers: entry.launchers,
    purposes: entry.purposes,
    endpoints: { pins: [] },
    unbound: false,
    pinForEachDocument: false,
    source,
  };
}

const invalid = (path: string, detail: string): MiddlewareError =>
  new MiddlewareError('ERR_CONFIG_INVALID', `Relying party entry is invalid at ${path}: ${detail}`, {
    fields: { path, detail },
  });

const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

function isAllowedOrigin(origin: string, source: RelyingParty['source']): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  // What a browser sends: no path, no default port, lower case, punycode.
  if (url.origin !== origin) return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && source === 'user' && loopbackHosts.includes(url.hostname);
}

function isUsableKey(jwk: Readonly<Record<string, unknown>>): boolean {
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    const bits = key.asymmetricKeyDetails?.modulusLength;
    return key.asymmetricKeyType === 'ec' || (bits !== undefined && bits >= 2048 && bits <= 8192);
  } catch {
    return false;
  }
}
