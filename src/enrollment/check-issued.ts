import { createPublicKey } from 'node:crypto';
import { isMiddlewareError, MiddlewareError, type ErrorFields } from '../core/errors.js';
import type { CertificateOrder } from '../model/certificate-order.js';
import type { CertificateInfo } from '../model/certificate.js';
import type { TrustPolicy } from '../model/trust.js';
import { parseCertificate } from '../pki/certificate.js';
import { publicKeyOfRequest } from '../pki/certificate-request.js';
import { evaluateCertificate, type CertificatePath, type TrustProblem } from '../pki/path.js';
import { isSuitableForAuthentication, isSuitableForSignature } from '../pki/suitability.js';
import { hasKey } from './issued-certificates.js';

/** What an issued certificate is held against. */
export interface IssuedExpectations {
  /** The request that it answers, DER. */
  readonly request: Uint8Array;
  readonly order: Pick<CertificateOrder, 'personId' | 'level' | 'cardNumber'>;
  readonly policy: TrustPolicy;
  /** Milliseconds since the epoch, by our clock; and by how much the issuer's is ahead, where that is known. */
  readonly now: number;
  readonly clockSkewMs: number | undefined;
}

/** Why a certificate must not be put on a card: `reason` of ERR_ISSUER_CERTIFICATE. */
export type IssuedProblem =
  | 'unreadable'
  /** For another key, person or card than was asked for. */
  | 'key'
  | 'person'
  | 'card'
  /** It is a CA; it fits neither logins nor signatures. */
  | 'ca'
  | 'usage'
  /** It leads to no issuer of persons that is trusted here; `problem` has the {@link TrustProblem}. */
  | 'untrusted'
  | 'not-yet-valid'
  | 'expired'
  /** Of another level than was ordered. */
  | 'level';

/** A certificate that begins no later than this after now is valid now: the issuer's clock may be ahead of ours. */
const toleranceMs = 5 * 60_000;

/**
 * Judges a certificate that an issuer sent, before anything of it comes near a card.
 *
 * @throws {MiddlewareError} ERR_ISSUER_CERTIFICATE with an {@link IssuedProblem} as `reason`; ERR_DOWNLOAD_CLOCK with
 *   `skewSeconds` when it is valid by the issuer's clock only, which is more than 5 minutes from ours.
 */
export function checkIssued(der: Uint8Array, expected: IssuedExpectations): CertificatePath {
  const info = read(der);
  const key = createPublicKey({ key: Buffer.from(publicKeyOfRequest(expected.request)), format: 'der', type: 'spki' });
  const { personId, level, cardNumber } = expected.order;
  if (!hasKey(info, key)) throw refused('key');
  if (info.isCa || info.keyUsage.includes('keyCertSign')) throw refused('ca');
  if (info.person.personId !== personId) throw refused('person');
  if (cardNumber !== undefined && (info.cardNumber ?? cardNumber) !== cardNumber) throw refused('card');
  if (!isSuitableForAuthentication(info) && !isSuitableForSignature(info)) throw refused('usage');
  const path = trustedPath(info, expected);
  if (level !== undefined && path.level !== level) throw refused('level', { level: path.level });
  return path;
}

function read(der: Uint8Array): CertificateInfo {
  try {
    return parseCertificate(der);
  } catch (error) {
    throw isMiddlewareError(error, 'ERR_CERT_MALFORMED') ? refused('unreadable') : error;
  }
}

function trustedPath(info: CertificateInfo, { policy, now, clockSkewMs = 0 }: IssuedExpectations): CertificatePath {
  const begun = Math.max(now, Math.min(info.notBefore, now + toleranceMs));
  const evaluation = evaluateCertificate(info, policy, begun);
  if (evaluation.trusted) return evaluation;
  const { problem } = evaluation;
  const isByIssuersClock =
    Math.abs(clockSkewMs) > toleranceMs && evaluateCertificate(info, policy, now + clockSkewMs).trusted;
  if (isByIssuersClock) {
    const skewSeconds = Math.round(clockSkewMs / 1000);
    throw new MiddlewareError('ERR_DOWNLOAD_CLOCK', 'Clock is not that of the issuer', { fields: { skewSeconds } });
  }
  throw problem === 'not-yet-valid' || problem === 'expired' ? refused(problem) : refused('untrusted', { problem });
}

function refused(
  reason: IssuedProblem,
  fields: ErrorFields & { readonly problem?: TrustProblem } = {},
): MiddlewareError {
  return new MiddlewareError('ERR_ISSUER_CERTIFICATE', `Issued certificate is not the one ordered: ${reason}`, {
    fields: { reason, ...fields },
  });
}
