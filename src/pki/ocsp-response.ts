import { toHex } from '../core/bytes.js';
import { readCriticalExtensions, readReason, type Revocation } from './crl-entries.js';
import {
  contentsOf,
  derTag,
  malformedCertificate,
  readBitString,
  readDer,
  readOid,
  readOnly,
  readTime,
  type DerElement,
} from './der.js';
import { certIdHashOid, ocspNonceOid, type CertId } from './ocsp-request.js';
import { revocationProblem } from './revocation-problem.js';

/** An OCSP response taken apart (RFC 6960 §4.2.1); nothing of it is verified. */
export interface OcspResponse {
  /** What the signature covers. */
  readonly signedBytes: Uint8Array;
  readonly signatureAlgorithm: Uint8Array;
  readonly signature: Uint8Array;
  /** Who says that it signed. */
  readonly responder: ResponderId;
  /** DER of certificates that came along, at most {@link maxCertificates}. */
  readonly certificates: readonly Uint8Array[];
  readonly producedAt: number;
  readonly answer: SingleAnswer;
  /** Contents of the nonce that came back. */
  readonly nonce: Uint8Array | undefined;
}

/** A responder by its name, DER, or by the SHA-1 hash of its key. */
export type ResponderId = { readonly name: Uint8Array } | { readonly keyHash: Uint8Array };

/** The one answer in a response; times are milliseconds since the epoch. */
export interface SingleAnswer {
  readonly status: { readonly kind: 'good' | 'unknown' } | ({ readonly kind: 'revoked' } & Revocation);
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
}

const maxCertificates = 4;
const basicResponse = '1.3.6.1.5.5.7.48.1.1';

/**
 * Takes an OCSP response apart that must be about exactly one certificate, this one.
 *
 * @throws {MiddlewareError} ERR_VERIFY_REVOCATION_UNKNOWN for a responder that answers no, another certificate's answer,
 *   or a critical extension; ERR_CERT_MALFORMED.
 */
export function readOcspResponse(der: Uint8Array, certId: CertId): OcspResponse {
  const [status, body, ...rest] = readDer(readOnly(der, derTag.sequence, 'OCSP response'));
  const said = contentsOf(status, 0x0a, 'OCSP status');
  if (said.length !== 1 || said[0] !== 0) throw revocationProblem(`responder answers ${toHex(said.subarray(0, 1))}`);
  const [type, basic, ...more] = readDer(readOnly(contentsOf(body, 0xa0, 'OCSP body'), derTag.sequence, 'OCSP body'));
  if (rest.length > 0 || more.length > 0) throw malformedCertificate('OCSP response');
  if (readOid(contentsOf(type, derTag.oid, 'OCSP type')) !== basicResponse) throw revocationProblem('kind of response');
  return readBasic(contentsOf(basic, derTag.octetString, 'OCSP body'), certId);
}

function readBasic(basic: Uint8Array, certId: CertId): OcspResponse {
  const [data, algorithm, signature, certificates, ...rest] = readDer(
    readOnly(basic, derTag.sequence, 'basic response'),
  );
  const { bytes, unused } = readBitString(contentsOf(signature, derTag.bitString, 'signature'));
  if (data === undefined || algorithm === undefined || rest.length > 0 || unused > 0) {
    throw malformedCertificate('basic response');
  }
  return {
    signedBytes: data.encoded,
    signatureAlgorithm: algorithm.encoded,
    signature: bytes,
    certificates: certificates === undefined ? [] : readCertificates(contentsOf(certificates, 0xa0, 'certificates')),
    ...readData(contentsOf(data, derTag.sequence, 'response data'), certId),
  };
}

function readCertificates(contents: Uint8Array): readonly Uint8Array[] {
  const certificates = readDer(readOnly(contents, derTag.sequence, 'certificates'));
  if (certificates.length > maxCertificates) throw revocationProblem('too many certificates');
  return certificates.map(({ encoded }) => encoded);
}

type ResponseData = Pick<OcspResponse, 'responder' | 'producedAt' | 'answer' | 'nonce'>;

/** ResponseData of version 1, which DER does not write. */
function readData(contents: Uint8Array, certId: CertId): ResponseData {
  const [responder, producedAt, responses, extensions, ...rest] = readDer(contents);
  const [single, ...others] = readDer(contentsOf(responses, derTag.sequence, 'responses'));
  if (rest.length > 0) throw malformedCertificate('response data');
  if (others.length > 0) throw revocationProblem('answers about other certificates');
  const known =
    extensions === undefined
      ? undefined
      : readCriticalExtensions(contentsOf(extensions, 0xa1, 'extensions'), [ocspNonceOid]);
  return {
    responder: readResponder(responder),
    producedAt: readGeneralizedTime(producedAt),
    answer: readSingle(contentsOf(single, derTag.sequence, 'answer'), certId),
    nonce: known?.get(ocspNonceOid),
  };
}

function readResponder(element: DerElement | undefined): ResponderId {
  if (element?.tag === 0xa1) return { name: element.contents };
  return { keyHash: readOnly(contentsOf(element, 0xa2, 'responder'), derTag.octetString, 'responder') };
}

function readSingle(contents: Uint8Array, certId: CertId): SingleAnswer {
  const [id, status, thisUpdate, ...optional] = readDer(contents);
  if (!isSameCertificate(contentsOf(id, derTag.sequence, 'certificate id'), certId)) {
    throw revocationProblem('answer about another certificate');
  }
  const nextUpdate = optional[0]?.tag === 0xa0 ? optional.shift() : undefined;
  const extensions = optional.shift();
  if (extensions !== undefined) readCriticalExtensions(contentsOf(extensions, 0xa1, 'extensions'), []);
  if (optional.length > 0) throw malformedCertificate('answer');
  return {
    status: readStatus(status),
    thisUpdate: readGeneralizedTime(thisUpdate),
    nextUpdate: nextUpdate && readGeneralizedTime(readDer(nextUpdate.contents)[0]),
  };
}

function isSameCertificate(contents: Uint8Array, { hash, issuerNameHash, issuerKeyHash, serial }: CertId): boolean {
  const [algorithm, ...rest] = readDer(contents);
  // Parameters are NULL or nothing.
  const [oid, ...parameters] = readDer(contentsOf(algorithm, derTag.sequence, 'hash algorithm'));
  const spelt = parameters.map(({ encoded }) => toHex(encoded)).join();
  const asked = [issuerNameHash, issuerKeyHash, serial];
  const tags = [derTag.octetString, derTag.octetString, derTag.integer];
  return (
    readOid(contentsOf(oid, derTag.oid, 'hash algorithm')) === certIdHashOid[hash] &&
    (spelt === '' || spelt === '0500') &&
    rest.length === 3 &&
    rest.every(({ tag, contents: value }, at) => tag === tags[at] && Buffer.compare(value, asked[at] ?? tagless) === 0)
  );
}

const tagless = new Uint8Array();

function readStatus(element: DerElement | undefined): SingleAnswer['status'] {
  if (element?.tag === 0x80 && element.contents.length === 0) return { kind: 'good' };
  if (element?.tag === 0x82 && element.contents.length === 0) return { kind: 'unknown' };
  const [time, reason, ...rest] = readDer(contentsOf(element, 0xa1, 'status'));
  if (rest.length > 0) throw malformedCertificate('status');
  const revokedAt = readGeneralizedTime(time);
  if (reason === undefined) return { kind: 'revoked', revokedAt, reason: undefined };
  return {
    kind: 'revoked',
    revokedAt,
    reason: readReason(readOnly(contentsOf(reason, 0xa0, 'reason'), 0x0a, 'reason')),
  };
}

function readGeneralizedTime(element: DerElement | undefined): number {
  contentsOf(element, derTag.generalizedTime, 'time');
  return readTime(element);
}
