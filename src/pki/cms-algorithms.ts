import { encodeTlv } from '../core/ber-tlv.js';
import { digestBytes, type DigestAlgorithm, type SignatureAlgorithm } from '../model/signature.js';
import { oidOf, sequenceOf, unsignedInteger } from './der-writing.js';

/** How the signature value of a CMS signature is made; its hash is always that of the document. */
export type CmsScheme = 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa';

/** The scheme of a signature algorithm. */
export const schemeOf: Readonly<Record<SignatureAlgorithm, CmsScheme>> = {
  RS256: 'rsa-pkcs1',
  PS256: 'rsa-pss',
  ES256: 'ecdsa',
  ES384: 'ecdsa',
};

/** Object identifiers of hashes (RFC 5754 §2). */
export const digestOids: Readonly<Record<DigestAlgorithm, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};

/** Object identifiers of signature algorithms with a hash (RFC 5754 §3.2 and §3.3). */
export const signatureOids: Readonly<Record<'rsa-pkcs1' | 'ecdsa', Readonly<Record<DigestAlgorithm, string>>>> = {
  'rsa-pkcs1': {
    sha256: '1.2.840.113549.1.1.11',
    sha384: '1.2.840.113549.1.1.12',
    sha512: '1.2.840.113549.1.1.13',
  },
  ecdsa: { sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3', sha512: '1.2.840.10045.4.3.4' },
};

/** rsaEncryption, by which RFC 5754 §3.2 lets a PKCS #1 v1.5 signature be named too; the hash stands elsewhere. */
export const rsaEncryptionOid = '1.2.840.113549.1.1.1';
/** id-RSASSA-PSS and id-mgf1 (RFC 4055 §3.1 and §2.2). */
export const pssOid = '1.2.840.113549.1.1.10';
export const mgf1Oid = '1.2.840.113549.1.1.8';

const absent = new Uint8Array();
const nothing = encodeTlv(0x05, new Uint8Array());
const identifier = (oid: string, parameters: Uint8Array): Uint8Array => sequenceOf(oidOf(oid), parameters);
const explicit = (number: number, element: Uint8Array): Uint8Array => encodeTlv(0xa0 | number, element);

/** AlgorithmIdentifier of a hash, without parameters (RFC 5754 §2). */
export function digestIdentifier(digest: DigestAlgorithm): Uint8Array {
  return identifier(digestOids[digest], absent);
}

/** AlgorithmIdentifier of a signature: PKCS #1 v1.5 with NULL, ECDSA without parameters, PSS with those of RFC 4055 §3.1. */
export function signatureIdentifier(scheme: CmsScheme, digest: DigestAlgorithm): Uint8Array {
  if (scheme === 'rsa-pss') return identifier(pssOid, pssParameters(digest));
  return identifier(signatureOids[scheme][digest], scheme === 'ecdsa' ? absent : nothing);
}

/** The salt is as long as the hash, which is also that of the mask. */
function pssParameters(digest: DigestAlgorithm): Uint8Array {
  const hash = identifier(digestOids[digest], nothing);
  return sequenceOf(
    explicit(0, hash),
    explicit(1, identifier(mgf1Oid, hash)),
    explicit(2, unsignedInteger(Uint8Array.of(digestBytes[digest]))),
  );
}
