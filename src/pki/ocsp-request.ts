import { createHash } from 'node:crypto';
import { encodeTlv } from '../core/ber-tlv.js';
import type { CertificateInfo } from '../model/certificate.js';
import { x509Of } from './certificate.js';
import { derTag } from './der.js';
import { octetString, oidOf, sequenceOf } from './der-writing.js';
import { readSpki } from './spki.js';

/** The hash by which a certificate's issuer is named; the first is what every responder knows (RFC 5019 §2.1.1). */
export type CertIdHash = 'sha1' | 'sha256';

/** OIDs of the hashes (RFC 3279 §2.1, RFC 5754 §2.2). */
export const certIdHashOid: Readonly<Record<CertIdHash, string>> = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
};

/** id-pkix-ocsp-nonce (RFC 8954 §2.1). */
export const ocspNonceOid = '1.3.6.1.5.5.7.48.1.2';

/** What an OCSP request asks about (RFC 6960 §4.1.1). */
export interface CertId {
  readonly hash: CertIdHash;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  /** Contents of the serial number's INTEGER. */
  readonly serial: Uint8Array;
}

/** Names a certificate by its issuer's name and key, and its serial number. */
export function certIdOf(certificate: CertificateInfo, issuer: CertificateInfo, hash: CertIdHash): CertId {
  const ca = x509Of(issuer);
  return {
    hash,
    issuerNameHash: createHash(hash).update(ca.subject.encoded).digest(),
    issuerKeyHash: keyHashOf(issuer, hash),
    serial: x509Of(certificate).serial,
  };
}

/** Hash of the key itself: the contents of subjectPublicKey without the tag, length and number of unused bits. */
export function keyHashOf(certificate: CertificateInfo, hash: CertIdHash): Uint8Array {
  return createHash(hash)
    .update(readSpki(x509Of(certificate).spki).key)
    .digest();
}

/** An OCSP request about one certificate, unsigned (RFC 6960 §4.1), with a nonce of 1 to 32 bytes if there is one. */
export function writeOcspRequest(
  { hash, issuerNameHash, issuerKeyHash, serial }: CertId,
  nonce?: Uint8Array,
): Uint8Array {
  const algorithm = sequenceOf(oidOf(certIdHashOid[hash]), Uint8Array.of(5, 0));
  const certId = sequenceOf(
    algorithm,
    octetString(issuerNameHash),
    octetString(issuerKeyHash),
    encodeTlv(derTag.integer, serial),
  );
  const list = sequenceOf(sequenceOf(certId));
  return sequenceOf(
    nonce === undefined ? sequenceOf(list) : sequenceOf(list, encodeTlv(0xa2, sequenceOf(nonceExtension(nonce)))),
  );
}

const nonceExtension = (nonce: Uint8Array): Uint8Array =>
  sequenceOf(oidOf(ocspNonceOid), octetString(octetString(nonce)));
