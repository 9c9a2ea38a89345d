import type { DigestAlgorithm } from '../model/signature.js';
import { attributeOids, contentOids } from '../pki/cades.js';
import { readDigestIdentifier, readSignatureIdentifier, type ReadScheme } from '../pki/cms-algorithms.js';
import { contentsOf, derTag, readDer, readOid, readOnly, readTime, type DerElement } from '../pki/der.js';
import { refusal } from './refusal.js';

/** What the signer signed, besides the document. */
export interface SignedAttributes {
  /** Of the document. */
  readonly messageDigest: Uint8Array;
  /** Milliseconds since the epoch, by the signer's clock. */
  readonly signingTime: number;
  readonly signingCertificate: SigningCertificate;
  /** Undefined where the signer gave none. */
  readonly contentIdentifier: Uint8Array | undefined;
}

/** The first ESSCertIDv2 (RFC 5035 §4): which certificate the signer meant. */
export interface SigningCertificate {
  readonly digestAlgorithm: DigestAlgorithm;
  readonly digest: Uint8Array;
  /** DER of the issuer's name, and contents of the serial number; the signer need not give them. */
  readonly issuerSerial: { readonly issuer: Uint8Array; readonly serial: Uint8Array } | undefined;
}

const malformed = (detail: string) => refusal('ERR_VERIFY_MALFORMED', detail, { detail });

/** How the signature says that it was made. */
interface Algorithms {
  readonly digestAlgorithm: DigestAlgorithm;
  readonly scheme: ReadScheme;
}

/**
 * Reads the contents of SignedAttributes: DER (RFC 5652 §5.3), so in ascending order, each attribute once and with one
 * value. Attributes that nobody here knows are signed like the others, and say nothing.
 *
 * @throws {MiddlewareError} ERR_VERIFY_MALFORMED; ERR_CERT_MALFORMED where it is no DER.
 */
export function parseSignedAttributes(contents: Uint8Array, algorithms: Algorithms): SignedAttributes {
  const values = readAttributes(readDer(contents));
  const required = (name: keyof typeof attributeOids): DerElement => {
    const value = values.get(attributeOids[name]);
    if (value === undefined) throw malformed(name);
    return value;
  };
  if (readOid(contentsOf(required('contentType'), derTag.oid, 'content type')) !== contentOids.data) {
    throw malformed('contentType');
  }
  const protection = values.get(attributeOids.algorithmProtection);
  if (protection !== undefined) checkProtection(protection, algorithms);
  const identifier = values.get(attributeOids.contentIdentifier);
  return {
    messageDigest: contentsOf(required('messageDigest'), derTag.octetString, 'message digest'),
    signingTime: readTime(required('signingTime')),
    signingCertificate: readSigningCertificate(required('signingCertificateV2')),
    contentIdentifier: identifier && contentsOf(identifier, derTag.octetString, 'content identifier'),
  };
}

function readAttributes(attributes: readonly DerElement[]): ReadonlyMap<string, DerElement> {
  const values = new Map<string, DerElement>();
  attributes.forEach((attribute, index) => {
    const before = attributes[index - 1];
    const isOrdered = before === undefined || Buffer.compare(before.encoded, attribute.encoded) < 0;
    const [type, set, ...rest] = readDer(contentsOf(attribute, derTag.sequence, 'attribute'));
    const name = readOid(contentsOf(type, derTag.oid, 'attribute type'));
    const [value, ...others] = readDer(contentsOf(set, derTag.set, 'attribute values'));
    const isOne = value !== undefined && others.length === 0 && rest.length === 0 && !values.has(name);
    if (!isOrdered || !isOne) throw malformed('signed attributes');
    values.set(name, value);
  });
  return values;
}

/** CMSAlgorithmProtection (RFC 6211 §2) must agree with what stands outside of the signature. */
function checkProtection(element: DerElement, { digestAlgorithm, scheme }: Algorithms): void {
  const [digest, signature, ...rest] = readDer(contentsOf(element, derTag.sequence, 'algorithm protection'));
  const identifier = Uint8Array.from(signature?.encoded ?? []);
  if (identifier[0] !== 0xa1 || rest.length > 0) throw malformed('algorithmProtection');
  identifier[0] = derTag.sequence;
  const protectedScheme = readSignatureIdentifier(identifier);
  const agrees =
    readDigestIdentifier(digest?.encoded ?? new Uint8Array()) === digestAlgorithm &&
    protectedScheme?.scheme === scheme.scheme &&
    protectedScheme.digest === scheme.digest;
  if (!agrees) throw malformed('algorithmProtection');
}

/** SigningCertificateV2 (RFC 5035 §3); policies and further certificates say nothing here. */
function readSigningCertificate(element: DerElement): SigningCertificate {
  const [certificates] = readDer(contentsOf(element, derTag.sequence, 'signing certificate'));
  const [first] = readDer(contentsOf(certificates, derTag.sequence, 'signing certificate'));
  const parts = readDer(contentsOf(first, derTag.sequence, 'signing certificate'));
  // SHA-256 is the default, and in DER then not named.
  const [algorithm, rest] = parts[0]?.tag === derTag.sequence ? [parts[0], parts.slice(1)] : [undefined, parts];
  const digestAlgorithm = algorithm === undefined ? 'sha256' : readDigestIdentifier(algorithm.encoded);
  const [digest, issuerSerial, ...more] = rest;
  if (digestAlgorithm === undefined || more.length > 0) throw malformed('signingCertificateV2');
  return {
    digestAlgorithm,
    digest: contentsOf(digest, derTag.octetString, 'signing certificate'),
    issuerSerial: issuerSerial && readIssuerSerial(issuerSerial),
  };
}

/** IssuerSerial (RFC 5035 §5): one directoryName, tag [4], and the serial number. */
function readIssuerSerial(element: DerElement): { readonly issuer: Uint8Array; readonly serial: Uint8Array } {
  const [names, serial, ...rest] = readDer(contentsOf(element, derTag.sequence, 'issuer and serial number'));
  const name = readOnly(contentsOf(names, derTag.sequence, 'issuer'), 0xa4, 'issuer');
  const [issuer, ...more] = readDer(name);
  if (issuer === undefined || more.length > 0 || rest.length > 0) throw malformed('signingCertificateV2');
  return { issuer: issuer.encoded, serial: contentsOf(serial, derTag.integer, 'serial number') };
}
