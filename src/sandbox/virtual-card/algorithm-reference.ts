import type { HashName } from './rsa-operations.js';

/** What an algorithm reference (tag 80 of MSE SET) means on this card. */
export type CardAlgorithm =
  | { readonly operation: 'pkcs1'; readonly hash: HashName; readonly hashLength: number }
  | { readonly operation: 'pkcs1DigestInfo' }
  | { readonly operation: 'pss'; readonly hash: HashName; readonly hashLength: number }
  | { readonly operation: 'ecdsa' }
  | { readonly operation: 'decryptPkcs1' }
  | { readonly operation: 'decryptOaep'; readonly hash: HashName };

const hashes: Readonly<Record<number, { hash: HashName; hashLength: number }>> = {
  1: { hash: 'sha1', hashLength: 20 },
  4: { hash: 'sha256', hashLength: 32 },
  5: { hash: 'sha384', hashLength: 48 },
  6: { hash: 'sha512', hashLength: 64 },
};

/**
 * Signature algorithms: high nibble the hash, low nibble the operation, as OpenSC's driver for this card sends them
 * (card-idprime.c): 42, 52, 62 PKCS #1 v1.5 of a hash, 02 of a DigestInfo, 45, 55, 65 PSS, 44 and 54 ECDSA.
 */
export function signatureAlgorithm(reference: number): CardAlgorithm | undefined {
  if (reference === 0x02) return { operation: 'pkcs1DigestInfo' };
  if (reference === 0x44 || reference === 0x54) return { operation: 'ecdsa' };
  const hash = hashes[reference >> 4];
  if (hash === undefined || hash.hash === 'sha1') return undefined;
  if ((reference & 0x0f) === 0x02) return { operation: 'pkcs1', ...hash };
  return (reference & 0x0f) === 0x05 ? { operation: 'pss', ...hash } : undefined;
}

/** Decipher algorithms: 1A PKCS #1 v1.5; 1D, 4D, 5D, 6D OAEP. */
export function decipherAlgorithm(reference: number): CardAlgorithm | undefined {
  if (reference === 0x1a) return { operation: 'decryptPkcs1' };
  const hash = hashes[reference >> 4];
  return hash !== undefined && (reference & 0x0f) === 0x0d ? { operation: 'decryptOaep', hash: hash.hash } : undefined;
}
