/** Signature algorithms by their JOSE names (RFC 7518 §3.1); PS256 has a 32-byte salt. */
export type SignatureAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'ES384';

/** Name of the hash that an algorithm signs, as node:crypto spells it. */
export function digestOf(algorithm: SignatureAlgorithm): 'sha256' | 'sha384' {
  return algorithm === 'ES384' ? 'sha384' : 'sha256';
}

/** A document that a relying party wants signed; only its digest is known here. */
export interface OrderDocument {
  readonly label: string;
  readonly digestAlgorithm: DigestAlgorithm;
  /** As long as the algorithm says. */
  readonly digest: Uint8Array;
}

/** Digests of documents, as node:crypto spells them. */
export type DigestAlgorithm = 'sha256' | 'sha384' | 'sha512';

/** Bytes of a digest. */
export const digestBytes: Readonly<Record<DigestAlgorithm, number>> = { sha256: 32, sha384: 48, sha512: 64 };
