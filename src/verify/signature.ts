import { constants, verify } from 'node:crypto';
import type { CertificateInfo, KeyType } from '../model/certificate.js';
import { digestOf, type SignatureAlgorithm } from '../model/signature.js';
import { publicKeyOf } from '../pki/certificate.js';

/** The algorithms that fit each kind of key (RFC 7518 §3.1). */
const algorithmsOf: Readonly<Record<KeyType, readonly SignatureAlgorithm[]>> = {
  rsa: ['RS256', 'PS256'],
  'ec-p256': ['ES256'],
  'ec-p384': ['ES384'],
};

/** Whether a certificate's key may sign with an algorithm; RSA needs 2048 bits. */
export function fitsKey(algorithm: SignatureAlgorithm, certificate: CertificateInfo): boolean {
  const { keyType, keyBits } = certificate;
  return keyType !== 'other' && algorithmsOf[keyType].includes(algorithm) && keyBits >= minimumBits[keyType];
}

const minimumBits: Readonly<Record<KeyType, number>> = { rsa: 2048, 'ec-p256': 256, 'ec-p384': 384 };

/** Verifies a JWS signature with the key of a certificate: PS256 with a salt of 32 bytes, ECDSA as r and s. */
export function isSignedWith(
  certificate: CertificateInfo,
  algorithm: SignatureAlgorithm,
  signingInput: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = publicKeyOf(certificate);
  const options =
    algorithm === 'PS256'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
      : { dsaEncoding: 'ieee-p1363' as const };
  return verify(digestOf(algorithm), signingInput, { key, ...options }, signature);
}
