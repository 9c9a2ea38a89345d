import { encodeTlv } from '../core/ber-tlv.js';
import { toHex } from '../core/bytes.js';
import { digestBytes, type DigestAlgorithm, type SignatureAlgorithm } from '../model/signature.js';
import { oidOf, sequenceOf, unsignedInteger } from './der-writing.js';

/*
 * Algorithms of signatures in CMS (RFC 5652) and PKCS #10 (RFC 2986), written in the one form that their standards want. Read is every form that
 * they allow, each as the bytes that it must be: what is in no table is refused.
 */

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
const digestOids: Readonly<Record<DigestAlgorithm, string>> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};
const digestAlgorithms = Object.keys(digestOids) as readonly DigestAlgorithm[];

/** Object identifiers of signature algorithms with a hash (RFC 5754 §3.2 and §3.3). */
const signatureOids: Readonly<Record<'rsa-pkcs1' | 'ecdsa', Readonly<Record<DigestAlgorithm, string>>>> = {
  'rsa-pkcs1': {
    sha256: '1.2.840.113549.1.1.11',
    sha384: '1.2.840.113549.1.1.12',
    sha512: '1.2.840.113549.1.1.13',
  },
  ecdsa: { sha256: '1.2.840.10045.4.3.2', sha384: '1.2.840.10045.4.3.3', sha512: '1.2.840.10045.4.3.4' },
};

/** rsaEncryption, by which a PKCS #1 v1.5 signature may be named too (RFC 5754 §3.2): its hash stands elsewhere. */
const rsaEncryptionOid = '1.2.840.113549.1.1.1';
/** id-RSASSA-PSS and id-mgf1 (RFC 4055 §3.1 and §2.2). */
const pssOid = '1.2.840.113549.1.1.10';
const mgf1Oid = '1.2.840.113549.1.1.8';

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
  if (scheme === 'rsa-pss') return identifier(pssOid, pssParameters(digest, nothing, nothing));
  return identifier(signatureOids[scheme][digest], scheme === 'ecdsa' ? absent : nothing);
}

/** A signature as a standard's value holds it: ECDSA's r and s as ECDSA-Sig-Value (RFC 3279 §2.2.3, RFC 5753 §7.2). */
export function signatureValue(algorithm: SignatureAlgorithm, signature: Uint8Array): Uint8Array {
  if (schemeOf[algorithm] !== 'ecdsa') return signature;
  const half = signature.length / 2;
  return sequenceOf(unsignedInteger(signature.subarray(0, half)), unsignedInteger(signature.subarray(half)));
}

/** The salt is as long as the hash, which is also that of the mask. */
function pssParameters(digest: DigestAlgorithm, ofHash: Uint8Array, ofMaskHash: Uint8Array): Uint8Array {
  const oid = digestOids[digest];
  return sequenceOf(
    explicit(0, identifier(oid, ofHash)),
    explicit(1, identifier(mgf1Oid, identifier(oid, ofMaskHash))),
    explicit(2, unsignedInteger(Uint8Array.of(digestBytes[digest]))),
  );
}

/** Parameters of a hash may be absent or NULL (RFC 5754 §2). */
const digestForms: ReadonlyMap<string, DigestAlgorithm> = new Map(
  digestAlgorithms.flatMap((digest) =>
    [absent, nothing].map((parameters) => [toHex(identifier(digestOids[digest], parameters)), digest] as const),
  ),
);

/** How a signature is made, and its hash where the identifier names it. */
export interface ReadScheme {
  readonly scheme: CmsScheme;
  readonly digest: DigestAlgorithm | undefined;
}

function formsWith(digest: DigestAlgorithm): readonly (readonly [Uint8Array, ReadScheme])[] {
  const nulls = [absent, nothing];
  const pss = nulls.flatMap((ofHash) => nulls.map((ofMaskHash) => pssParameters(digest, ofHash, ofMaskHash)));
  return [
    [signatureIdentifier('rsa-pkcs1', digest), { scheme: 'rsa-pkcs1', digest }],
    [signatureIdentifier('ecdsa', digest), { scheme: 'ecdsa', digest }],
    ...pss.map((parameters) => [identifier(pssOid, parameters), { scheme: 'rsa-pss', digest }] as const),
  ];
}

const signatureForms = new Map<string, ReadScheme>([
  [toHex(identifier(rsaEncryptionOid, nothing)), { scheme: 'rsa-pkcs1', digest: undefined }],
  ...digestAlgorithms.flatMap(formsWith).map(([bytes, read]) => [toHex(bytes), read] as const),
]);

/** The hash that an AlgorithmIdentifier names; undefined for any other than the three. */
export function readDigestIdentifier(identified: Uint8Array): DigestAlgorithm | undefined {
  return digestForms.get(toHex(identified));
}

/** What an AlgorithmIdentifier of a signature names; undefined for any other than those of {@link signatureIdentifier}. */
export function readSignatureIdentifier(identified: Uint8Array): ReadScheme | undefined {
  return signatureForms.get(toHex(identified));
}
