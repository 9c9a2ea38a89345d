import { isMiddlewareError } from '../core/errors.js';
import type { DigestAlgorithm } from '../model/signature.js';
import { contentOids } from '../pki/cades.js';
import { readDigestIdentifier, readSignatureIdentifier, type CmsScheme } from '../pki/cms-algorithms.js';
import { contentsOf, derTag, readDer, readOid, readOnly, type DerElement } from '../pki/der.js';
import { parseSignedAttributes, type SignedAttributes } from './parse-signed-attributes.js';
import { refusal } from './refusal.js';

/** A detached CMS signature by one signer, taken apart; nothing of it is verified. */
export interface ParsedSignature {
  /** DER, in the order in which they stand: one to four. */
  readonly certificates: readonly Uint8Array[];
  /** issuerAndSerialNumber: DER of the name, contents of the INTEGER. */
  readonly signer: { readonly issuer: Uint8Array; readonly serial: Uint8Array };
  readonly digestAlgorithm: DigestAlgorithm;
  readonly scheme: CmsScheme;
  readonly attributes: SignedAttributes;
  /** What the signature covers: the attributes with the tag of a SET (RFC 5652 §5.4). */
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

/** A chain of 16 KiB, and room for the rest. */
const MAX_BYTES = 32_768;
const MAX_CERTIFICATES = 4;
const VERSION_1 = 1;

/** The error of a signature that has not the form that this protocol wants. */
export const malformedSignature = (detail: string) => refusal('ERR_VERIFY_MALFORMED', detail, { detail });

/**
 * Takes a detached CAdES baseline B signature apart (RFC 5652 §5, ETSI EN 319 122-1 §6). Strict DER; nothing is taken
 * that no signature covers and no later check looks at: content, revocation lists, unsigned attributes, other signers.
 *
 * @throws {MiddlewareError} ERR_VERIFY_MALFORMED, ERR_VERIFY_ALGORITHM.
 */
export function parseSignature(der: Uint8Array): ParsedSignature {
  if (der.length > MAX_BYTES) throw malformedSignature('size');
  try {
    return readSignedData(readContentInfo(der));
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_CERT_MALFORMED')) throw error;
    throw refusal('ERR_VERIFY_MALFORMED', 'DER', { detail: 'DER' }, error);
  }
}

function readContentInfo(der: Uint8Array): Uint8Array {
  const [type, content, ...rest] = readDer(readOnly(der, derTag.sequence, 'ContentInfo'));
  if (rest.length > 0 || oid(type) !== contentOids.signedData) throw malformedSignature('content type');
  return readOnly(contentsOf(content, 0xa0, 'SignedData'), derTag.sequence, 'SignedData');
}

function readSignedData(signedData: Uint8Array): ParsedSignature {
  const [version, digests, content, certificates, signers, ...rest] = readDer(signedData);
  if (rest.length > 0) throw malformedSignature('SignedData');
  requireVersion(version);
  const [type, ...detached] = readDer(contentsOf(content, derTag.sequence, 'content'));
  if (oid(type) !== contentOids.data || detached.length > 0) throw malformedSignature('content');
  const [signerInfo, ...others] = readDer(contentsOf(signers, derTag.set, 'signers'));
  if (others.length > 0) throw malformedSignature('signers');
  const signer = readSignerInfo(contentsOf(signerInfo, derTag.sequence, 'signer'));
  const [digest, ...more] = readDer(contentsOf(digests, derTag.set, 'digests'));
  if (more.length > 0 || readDigest(digest) !== signer.digestAlgorithm) throw malformedSignature('digests');
  return { certificates: readCertificates(certificates), ...signer };
}

function readCertificates(element: DerElement | undefined): readonly Uint8Array[] {
  const certificates = readDer(contentsOf(element, 0xa0, 'certificates'));
  const fits = certificates.length <= MAX_CERTIFICATES && certificates.every(({ tag }) => tag === derTag.sequence);
  if (!fits) throw malformedSignature('certificates');
  return certificates.map(({ encoded }) => encoded);
}

function readSignerInfo(signerInfo: Uint8Array): Omit<ParsedSignature, 'certificates'> {
  const [version, identifier, digest, attributes, algorithm, signature, ...unsigned] = readDer(signerInfo);
  requireVersion(version);
  if (unsigned.length > 0) throw malformedSignature('unsigned attributes');
  const signed = contentsOf(attributes, 0xa0, 'signed attributes');
  const [issuer, serial, ...rest] = readDer(contentsOf(identifier, derTag.sequence, 'signer identifier'));
  if (issuer?.tag !== derTag.sequence || rest.length > 0) throw malformedSignature('signer identifier');
  const digestAlgorithm = readDigest(digest);
  const scheme = readSignatureIdentifier(algorithm?.encoded ?? new Uint8Array());
  // RFC 5652 §5.4: one hash for the document and for what is signed.
  if (scheme === undefined || (scheme.digest ?? digestAlgorithm) !== digestAlgorithm) {
    throw refusal('ERR_VERIFY_ALGORITHM', 'signature algorithm');
  }
  const toBeSigned = Uint8Array.from(attributes?.encoded ?? []);
  toBeSigned[0] = derTag.set;
  return {
    signer: { issuer: issuer.encoded, serial: contentsOf(serial, derTag.integer, 'serial number') },
    digestAlgorithm,
    scheme: scheme.scheme,
    attributes: parseSignedAttributes(signed, { digestAlgorithm, scheme }),
    toBeSigned,
    signature: contentsOf(signature, derTag.octetString, 'signature'),
  };
}

function readDigest(element: DerElement | undefined): DigestAlgorithm {
  const digest = readDigestIdentifier(element?.encoded ?? new Uint8Array());
  if (digest === undefined) throw refusal('ERR_VERIFY_ALGORITHM', 'digest algorithm');
  return digest;
}

function requireVersion(element: DerElement | undefined): void {
  const version = contentsOf(element, derTag.integer, 'version');
  if (version.length !== 1 || version[0] !== VERSION_1) throw malformedSignature('version');
}

const oid = (element: DerElement | undefined): string => readOid(contentsOf(element, derTag.oid, 'OID'));
