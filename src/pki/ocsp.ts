import { toHex } from '../core/bytes.js';
import type { CertificateInfo } from '../model/certificate.js';
import { readX509, x509Of, type X509 } from './certificate.js';
import { derTag, readOnly } from './der.js';
import { keyHashOf, type CertId } from './ocsp-request.js';
import { readOcspResponse, type OcspResponse, type ResponderId, type SingleAnswer } from './ocsp-response.js';
import { isSignedBy, isWeakKey, isWithinValidity } from './path.js';
import { revocationProblem } from './revocation-problem.js';
import { isSignedBytes, signatureScheme } from './signature-algorithm.js';

/** id-kp-OCSPSigning (RFC 6960 §4.2.2.2). */
const ocspSigning = '1.3.6.1.5.5.7.3.9';

/** An answer whose signature holds. */
export interface OcspAnswer extends SingleAnswer {
  /** The certificate of a delegate that does not say that it need not be checked: check it against its issuer's list. */
  readonly delegateToCheck: CertificateInfo | undefined;
}

/** What an OCSP answer is judged by. */
export interface OcspQuestion {
  readonly certId: CertId;
  /** A CA whose path was verified. */
  readonly issuer: CertificateInfo;
  /** Must come back, if there is one. */
  readonly nonce: Uint8Array | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** By how much a responder's clock may be ahead. */
const clockTolerance = 60_000;
/** An answer that names no end is a fresh one: for how long. */
const freshFor = 600_000;

/**
 * Verifies an OCSP response (RFC 6960 §3.2 and §4.2.2): about this certificate alone, signed by its issuer or by a
 * delegate whose certificate the issuer signed for OCSP, valid now, with the nonce if one was sent.
 *
 * @throws {MiddlewareError} ERR_VERIFY_REVOCATION_UNKNOWN, ERR_CERT_MALFORMED.
 */
export function verifyOcspResponse(der: Uint8Array, { certId, issuer, nonce, at }: OcspQuestion): OcspAnswer {
  const response = readOcspResponse(der, certId);
  const signer = signerOf(response, x509Of(issuer), at);
  const scheme = signatureScheme(response.signatureAlgorithm);
  if (!scheme || !isSignedBytes(scheme, signer.publicKey, response.signedBytes, response.signature)) {
    throw revocationProblem('signature');
  }
  if (nonce !== undefined && !isNonce(response.nonce, nonce)) throw revocationProblem('nonce');
  const { thisUpdate, nextUpdate = thisUpdate + freshFor } = response.answer;
  if (thisUpdate > at + clockTolerance || response.producedAt > at + clockTolerance || nextUpdate < at) {
    throw revocationProblem('out of date');
  }
  const isDelegate = signer.info.fingerprint !== issuer.fingerprint;
  const delegateToCheck = isDelegate && signer.extensions.ocspNoCheck !== true ? signer.info : undefined;
  return { ...response.answer, delegateToCheck };
}

function isNonce(value: Uint8Array | undefined, nonce: Uint8Array): boolean {
  return value !== undefined && toHex(readOnly(value, derTag.octetString, 'nonce')) === toHex(nonce);
}

function signerOf({ responder, certificates }: OcspResponse, issuer: X509, at: number): X509 {
  if (isNamed(issuer, responder)) return issuer;
  for (const der of certificates) {
    const certificate = readX509(der);
    if (isNamed(certificate, responder) && isDelegate(certificate, issuer, at)) return certificate;
  }
  throw revocationProblem('responder');
}

function isNamed({ subject, info }: X509, responder: ResponderId): boolean {
  if ('name' in responder) return Buffer.compare(subject.encoded, responder.name) === 0;
  return Buffer.compare(keyHashOf(info, 'sha1'), responder.keyHash) === 0;
}

/** RFC 6960 §4.2.2.2: issued directly by the CA that issued the certificate, for OCSP and not for anything else that counts. */
function isDelegate(certificate: X509, issuer: X509, at: number): boolean {
  const { info, extensions } = certificate;
  const maySign = extensions.keyUsage === undefined || extensions.keyUsage.includes('digitalSignature');
  return (
    info.extendedKeyUsage.includes(ocspSigning) &&
    maySign &&
    !info.isCa &&
    extensions.unknownCritical.length === 0 &&
    !isWeakKey(info) &&
    isWithinValidity(info, at) &&
    isSignedBy(certificate, issuer)
  );
}
