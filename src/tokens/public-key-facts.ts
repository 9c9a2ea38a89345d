import { createPublicKey, type KeyObject } from 'node:crypto';
import { MiddlewareError } from '../core/errors.js';
import type { KeyType } from '../model/certificate.js';

/**
 * Kind and length of a key that has no certificate yet, from its SubjectPublicKeyInfo (DER).
 *
 * @throws {MiddlewareError} ERR_TOKEN_ALGORITHM_UNSUPPORTED for a key of another kind, or none at all.
 */
export function publicKeyFacts(publicKey: Uint8Array): { readonly keyType: KeyType; readonly keyBits: number } {
  const { asymmetricKeyType, asymmetricKeyDetails: { modulusLength, namedCurve } = {} } = load(publicKey);
  if (asymmetricKeyType === 'rsa' && modulusLength !== undefined) return { keyType: 'rsa', keyBits: modulusLength };
  if (namedCurve === 'prime256v1') return { keyType: 'ec-p256', keyBits: 256 };
  if (namedCurve === 'secp384r1') return { keyType: 'ec-p384', keyBits: 384 };
  throw unsupported();
}

function load(publicKey: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  } catch (cause) {
    throw unsupported(cause);
  }
}

function unsupported(cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_TOKEN_ALGORITHM_UNSUPPORTED', 'Key of a kind that nothing here signs with', {
    cause,
  });
}
