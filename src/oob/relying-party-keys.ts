import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { z } from 'zod';
import type { RelyingParty } from '../model/relying-party.js';
import { isRecord, jwsAlgorithms, unique } from './protocol.js';

/** Curve or key type that each algorithm needs (RFC 7518 §3.1). */
const keyShapes = {
  ES256: { kty: 'EC', crv: 'P-256' },
  ES384: { kty: 'EC', crv: 'P-384' },
  PS256: { kty: 'RSA', crv: undefined },
  RS256: { kty: 'RSA', crv: undefined },
} as const;

const base64url = z.string().regex(/^[A-Za-z0-9_-]{1,1400}$/);
const maxKeys = 8;

// Strict: a private member (`d`), an address (`x5u`) or a second use has no place in a registered key.
const keySchema = z
  .strictObject({
    kid: z.string().regex(/^[\x21-\x7e]{1,128}$/),
    alg: z.enum(jwsAlgorithms),
    kty: z.enum(['EC', 'RSA']),
    use: z.literal('sig').optional(),
    /** Seconds since the epoch; people are warned before, and nothing is refused after. */
    exp: z.int().positive().optional(),
    crv: z.enum(['P-256', 'P-384']).optional(),
    x: base64url.optional(),
    y: base64url.optional(),
    n: base64url.optional(),
    e: base64url.optional(),
  })
  .refine(({ alg, kty, crv }) => kty === keyShapes[alg].kty && crv === keyShapes[alg].crv, 'key does not fit its alg')
  .refine(isUsableKey, 'not a public key of at least 2048 bits or on P-256 or P-384');

/** The keys of an entry, as they stand in its file (RFC 7517 §5): 1 to 8, each `kid` once. */
export const keySetSchema = z.strictObject({
  keys: z
    .array(keySchema)
    .min(1)
    .max(maxKeys)
    .refine((keys) => unique(keys.map(({ kid }) => kid)), 'kid twice'),
});

/**
 * The keys of a fetched set (RFC 7517 §5) that can sign request objects: public, fit for the one `alg` they name, at most
 * 8. Others are passed over, as §5 wants; of two with one `kid`, which would not say which, neither counts.
 *
 * @returns undefined when this is no key set.
 */
export function usableKeysOf(json: unknown): RelyingParty['jwks']['keys'] | undefined {
  if (!isRecord(json) || !Array.isArray(json['keys']) || json['keys'].length > 64) return undefined;
  const kids = json['keys'].map((key: unknown) => (isRecord(key) ? key['kid'] : undefined));
  const usable = json['keys'].flatMap((key: unknown) => {
    const parsed = keySchema.safeParse(key);
    return parsed.success && kids.filter((kid) => kid === parsed.data.kid).length === 1 ? [parsed.data] : [];
  });
  return usable.slice(0, maxKeys);
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
