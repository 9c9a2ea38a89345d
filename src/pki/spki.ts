import { contentsOf, derTag, malformedCertificate, readBitString, readDer, readOid, readOnly } from './der.js';

/** An AlgorithmIdentifier (RFC 5280 §4.1.1.2). */
export interface AlgorithmId {
  /** OID. */
  readonly algorithm: string;
  /** DER, not looked into. */
  readonly parameters: Uint8Array | undefined;
}

/** SubjectPublicKeyInfo (RFC 5280 §4.1). */
export interface Spki extends AlgorithmId {
  /** The contents of its BIT STRING, whole bytes. */
  readonly key: Uint8Array;
}

/**
 * Reads an AlgorithmIdentifier, DER.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED.
 */
export function readAlgorithmId(der: Uint8Array): AlgorithmId {
  const [type, parameters, ...rest] = readDer(readOnly(der, derTag.sequence, 'algorithm'));
  if (rest.length > 0) throw malformedCertificate('algorithm');
  return { algorithm: readOid(contentsOf(type, derTag.oid, 'algorithm')), parameters: parameters?.encoded };
}

/**
 * Reads a SubjectPublicKeyInfo, DER, without looking into the key.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED.
 */
export function readSpki(der: Uint8Array): Spki {
  const [algorithm, key, ...rest] = readDer(readOnly(der, derTag.sequence, 'public key'));
  const { bytes, unused } = readBitString(contentsOf(key, derTag.bitString, 'public key'));
  if (algorithm === undefined || rest.length > 0 || unused > 0) throw malformedCertificate('public key');
  return { ...readAlgorithmId(algorithm.encoded), key: bytes };
}
