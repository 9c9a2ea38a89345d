import { digestOf, type SignatureAlgorithm } from '../model/signature.js';
import { schemeOf, signatureIdentifier, signatureValue } from './cms-algorithms.js';
import { contentsOf, derTag, readDer, readOnly } from './der.js';
import { bitString, oidOf, sequenceOf, setOf, unsignedInteger } from './der-writing.js';

/** What a certification request says: everything but its signature. */
export interface RequestContent {
  /** DER of the Name; an empty one (3000) leaves the name to the issuer. */
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** Attributes by OID (RFC 7030 §4.5.2 asks for some), each with the DER of its one value. */
  readonly attributes: readonly { readonly oid: string; readonly value: Uint8Array }[];
}

/**
 * CertificationRequestInfo (RFC 2986 §4.1), DER: what is hashed and signed with the key that it asks a certificate for.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED for a subject or a key that is not one SEQUENCE.
 */
export function encodeRequestInfo({ subject, publicKey, attributes }: RequestContent): Uint8Array {
  readOnly(subject, derTag.sequence, 'request subject');
  readOnly(publicKey, derTag.sequence, 'request key');
  const encoded = attributes.map(({ oid, value }) => sequenceOf(oidOf(oid), setOf([value])));
  // Version 0; the attributes are there also when there are none.
  return sequenceOf(unsignedInteger(Uint8Array.of(0)), subject, publicKey, setOf(encoded, 0xa0));
}

/**
 * The whole request (RFC 2986 §4.2), DER.
 *
 * @param info - of {@link encodeRequestInfo}.
 * @param signature - over its hash, as {@link SignatureAlgorithm} gives it out: ECDSA as r and s of fixed length.
 */
export function encodeRequest(info: Uint8Array, algorithm: SignatureAlgorithm, signature: Uint8Array): Uint8Array {
  return sequenceOf(
    info,
    signatureIdentifier(schemeOf[algorithm], digestOf(algorithm)),
    bitString(signatureValue(algorithm, signature)),
  );
}

/**
 * The SubjectPublicKeyInfo of a request, DER. The signature is not verified.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED.
 */
export function publicKeyOfRequest(request: Uint8Array): Uint8Array {
  const [info] = readDer(readOnly(request, derTag.sequence, 'request'));
  const [, , publicKey] = readDer(contentsOf(info, derTag.sequence, 'request info'));
  contentsOf(publicKey, derTag.sequence, 'request key');
  return publicKey?.encoded ?? new Uint8Array();
}
