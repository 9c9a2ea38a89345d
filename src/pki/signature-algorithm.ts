import { verify, type KeyObject } from 'node:crypto';
import { toHex } from '../core/bytes.js';
import { contentsOf, derTag, readDer, readOid, readOnly } from './der.js';

/** How a certificate, a revocation list or an OCSP answer is signed. */
export interface SignatureScheme {
  readonly digest: 'sha256' | 'sha384' | 'sha512';
  readonly key: 'rsa' | 'ec';
}

/** RSA PKCS#1 v1.5 and ECDSA with SHA-256, 384 and 512 (RFC 4055 §5, RFC 5758 §3.2); never SHA-1 or MD5. */
const schemes: Readonly<Record<string, SignatureScheme>> = {
  '1.2.840.113549.1.1.11': { digest: 'sha256', key: 'rsa' },
  '1.2.840.113549.1.1.12': { digest: 'sha384', key: 'rsa' },
  '1.2.840.113549.1.1.13': { digest: 'sha512', key: 'rsa' },
  '1.2.840.10045.4.3.2': { digest: 'sha256', key: 'ec' },
  '1.2.840.10045.4.3.3': { digest: 'sha384', key: 'ec' },
  '1.2.840.10045.4.3.4': { digest: 'sha512', key: 'ec' },
};

/**
 * The scheme that an AlgorithmIdentifier names; undefined for any but those in the table, and for parameters (RSA may
 * have NULL, RFC 4055 §5; ECDSA has none, RFC 5758 §3.2).
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED when it is none.
 */
export function signatureScheme(algorithmIdentifier: Uint8Array): SignatureScheme | undefined {
  const [type, ...parameters] = readDer(readOnly(algorithmIdentifier, derTag.sequence, 'algorithm'));
  const oid = readOid(contentsOf(type, derTag.oid, 'algorithm'));
  const scheme = Object.hasOwn(schemes, oid) ? schemes[oid] : undefined;
  const spelt = parameters.map(({ encoded }) => toHex(encoded)).join();
  return spelt === '' || (spelt === '0500' && scheme?.key === 'rsa') ? scheme : undefined;
}

/** Whether a key is of the kind that a scheme signs with. */
export function fitsScheme({ key }: SignatureScheme, publicKey: KeyObject | undefined): publicKey is KeyObject {
  return publicKey?.asymmetricKeyType === key;
}

/** Verifies the signature over some bytes; false too for a key of another kind. */
export function isSignedBytes(
  scheme: SignatureScheme,
  publicKey: KeyObject | undefined,
  bytes: Uint8Array,
  signature: Uint8Array,
): boolean {
  return fitsScheme(scheme, publicKey) && verify(scheme.digest, bytes, publicKey, signature);
}
