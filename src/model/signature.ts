/** Signature algorithms by their JOSE names (RFC 7518 §3.1); PS256 has a 32-byte salt. */
export type SignatureAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'ES384';

/** Name of the hash that an algorithm signs, as node:crypto spells it. */
export function digestOf(algorithm: SignatureAlgorithm): 'sha256' | 'sha384' {
  return algorithm === 'ES384' ? 'sha384' : 'sha256';
}
