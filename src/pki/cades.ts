import { createHash } from 'node:crypto';
import { encodeTlv } from '../core/ber-tlv.js';
import { digestBytes, digestOf, type DigestAlgorithm, type SignatureAlgorithm } from '../model/signature.js';
import { readX509, type X509 } from './certificate.js';
import { digestIdentifier, schemeOf, signatureIdentifier, signatureValue } from './cms-algorithms.js';
import { derTag } from './der.js';
import { octetString, oidOf, sequenceOf, setOf, timeOf, unsignedInteger } from './der-writing.js';

/** Object identifiers of content types (RFC 5652 §4 and §5.1). */
export const contentOids = { data: '1.2.840.113549.1.7.1', signedData: '1.2.840.113549.1.7.2' } as const;

/** Object identifiers of signed attributes. */
export const attributeOids = {
  /** RFC 5652 §11.1 to §11.3. */
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  /** RFC 2634 §2.7. */
  contentIdentifier: '1.2.840.113549.1.9.16.2.7',
  /** RFC 5035 §3. */
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  /** RFC 6211 §2. */
  algorithmProtection: '1.2.840.113549.1.9.52',
} as const;

/** What one document's signature is made from. */
export interface CadesParts {
  /** Hash of the document, and with it of the signature (RFC 5652 §5.4). */
  readonly digestAlgorithm: DigestAlgorithm;
  /** Of the document. */
  readonly digest: Uint8Array;
  /** DER, leaf first, root left out. */
  readonly chain: readonly Uint8Array[];
  /** What the card will compute; as {@link cadesAlgorithm} chose it. */
  readonly algorithm: SignatureAlgorithm;
  /** base64url SHA-256 of the compact request object: becomes the content identifier. */
  readonly requestHash: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A signature to which only the card's part is missing. */
export interface CadesDraft {
  /** DER of the signed attributes. */
  readonly toBeSigned: Uint8Array;
  /** Of those, in the length that a token takes with this algorithm. */
  readonly digest: Uint8Array;
  /** ContentInfo, DER, from what the token answered: ECDSA as r and s of fixed length. */
  finish(signature: Uint8Array): Uint8Array;
}

/**
 * The algorithm by which a key signs a document that is known by this digest; undefined when none of its own does.
 *
 * One hash serves document and signature (RFC 5652 §5.4, RFC 4056 §3, RFC 5753 §2.1.1). ECDSA takes any, since it uses
 * the leftmost bits only (FIPS 186-5 §6.4.1); in RS256 and PS256 the card fixes SHA-256.
 */
export function cadesAlgorithm(
  algorithms: readonly SignatureAlgorithm[],
  digest: DigestAlgorithm,
): SignatureAlgorithm | undefined {
  return algorithms.find((algorithm) => schemeOf[algorithm] === 'ecdsa' || digest === digestOf(algorithm));
}

/**
 * Composes a detached CAdES baseline B signature (ETSI EN 319 122-1 V1.2.1 §6, RFC 5652 §5) up to the point where the
 * card signs. The document's media type is not known here, so that no mime-type attribute says it.
 *
 * @throws {RangeError} for a digest of the wrong length, or one that the algorithm does not sign.
 * @throws {MiddlewareError} ERR_CERT_MALFORMED for a chain that cannot be read.
 */
export function composeCades(parts: CadesParts): CadesDraft {
  const { digestAlgorithm, digest, algorithm, chain } = parts;
  if (digest.length !== digestBytes[digestAlgorithm]) throw new RangeError('digest of the wrong length');
  if (cadesAlgorithm([algorithm], digestAlgorithm) === undefined) throw new RangeError('digest of another algorithm');
  const [leaf] = chain;
  if (leaf === undefined) throw new RangeError('chain without a leaf');
  const signer = readX509(leaf);
  const attributes = signedAttributes(parts, signer);
  const toBeSigned = setOf(attributes);
  const hash = createHash(digestAlgorithm).update(toBeSigned).digest();
  return {
    toBeSigned,
    digest: fitDigest(hash, digestBytes[digestOf(algorithm)]),
    finish: (signature) => contentInfo(parts, signerInfo(parts, signer, attributes, signature)),
  };
}

/** Leftmost bytes, or zeros before them: the same number to ECDSA as the hash itself (FIPS 186-5 §6.4.1). */
function fitDigest(hash: Uint8Array, length: number): Uint8Array {
  const fitted = new Uint8Array(length);
  fitted.set(hash.subarray(0, length), Math.max(0, length - hash.length));
  return fitted;
}

function signedAttributes(parts: CadesParts, signer: X509): readonly Uint8Array[] {
  const attribute = (oid: string, value: Uint8Array): Uint8Array => sequenceOf(oidOf(oid), setOf([value]));
  return [
    attribute(attributeOids.contentType, oidOf(contentOids.data)),
    attribute(attributeOids.messageDigest, octetString(parts.digest)),
    attribute(attributeOids.signingTime, timeOf(parts.now)),
    attribute(attributeOids.signingCertificateV2, signingCertificate(signer)),
    attribute(attributeOids.contentIdentifier, octetString(Buffer.from(parts.requestHash, 'base64url'))),
    attribute(attributeOids.algorithmProtection, algorithmProtection(parts)),
  ];
}

/** ESSCertIDv2 with SHA-256, which is the default and so not named, and IssuerSerial (RFC 5035 §3 and §4). */
function signingCertificate(signer: X509): Uint8Array {
  const directoryName = encodeTlv(0xa4, signer.issuer.encoded);
  const issuerSerial = sequenceOf(sequenceOf(directoryName), serialOf(signer));
  const certificateHash = createHash('sha256').update(signer.info.der).digest();
  return sequenceOf(sequenceOf(sequenceOf(octetString(certificateHash), issuerSerial)));
}

/** CMSAlgorithmProtection (RFC 6211 §2): the algorithm of the signature is implicitly [1]. */
function algorithmProtection(parts: CadesParts): Uint8Array {
  const signature = Uint8Array.from(signatureIdentifierOf(parts));
  signature[0] = 0xa1;
  return sequenceOf(digestIdentifier(parts.digestAlgorithm), signature);
}

function signerInfo(
  parts: CadesParts,
  signer: X509,
  attributes: readonly Uint8Array[],
  signature: Uint8Array,
): Uint8Array {
  return sequenceOf(
    unsignedInteger(Uint8Array.of(1)),
    sequenceOf(signer.issuer.encoded, serialOf(signer)),
    digestIdentifier(parts.digestAlgorithm),
    setOf(attributes, 0xa0),
    signatureIdentifierOf(parts),
    octetString(signatureValue(parts.algorithm, signature)),
  );
}

function contentInfo({ digestAlgorithm, chain }: CadesParts, signer: Uint8Array): Uint8Array {
  const signedData = sequenceOf(
    unsignedInteger(Uint8Array.of(1)),
    setOf([digestIdentifier(digestAlgorithm)]),
    sequenceOf(oidOf(contentOids.data)),
    setOf(chain, 0xa0),
    setOf([signer]),
  );
  return sequenceOf(oidOf(contentOids.signedData), encodeTlv(0xa0, signedData));
}

const signatureIdentifierOf = ({ algorithm, digestAlgorithm }: CadesParts): Uint8Array =>
  signatureIdentifier(schemeOf[algorithm], digestAlgorithm);

/** As in the certificate, whatever its form. */
const serialOf = ({ serial }: X509): Uint8Array => encodeTlv(derTag.integer, serial);
