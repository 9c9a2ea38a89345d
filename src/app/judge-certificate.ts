import type { CertificateInfo } from '../model/certificate.js';
import type { Purpose } from '../model/relying-party.js';
import type { TrustPolicy } from '../model/trust.js';
import type { CertificateVerdict, JudgeCertificate } from '../operations/candidates.js';
import { evaluateCertificate, type TrustProblem } from '../pki/path.js';
import { isSuitableForAuthentication, isSuitableForSignature } from '../pki/suitability.js';

const timeProblems: readonly TrustProblem[] = ['expired', 'not-yet-valid'];
/** Signatures are checked once a certificate; what depends on the time is asked again after a minute. */
const verdictLifetimeMs = 60_000;

/** No certificate is suitable for both. */
const suitability: Readonly<Record<Purpose, (certificate: CertificateInfo) => boolean>> = {
  auth: isSuitableForAuthentication,
  sign: isSuitableForSignature,
};

/** Judges certificates by the configured trust, remembering what it found. */
export function createJudge(trust: TrustPolicy): JudgeCertificate {
  const known = new Map<string, { readonly verdict: CertificateVerdict; readonly at: number }>();
  return (certificate, at, purpose) => {
    if (!suitability[purpose](certificate)) return { usable: false, reason: 'usage' };
    const before = known.get(certificate.fingerprint);
    if (before !== undefined && Math.abs(at - before.at) < verdictLifetimeMs) return before.verdict;
    const verdict = judge(certificate, trust, at);
    known.set(certificate.fingerprint, { verdict, at });
    return verdict;
  };
}

function judge(certificate: CertificateInfo, trust: TrustPolicy, at: number): CertificateVerdict {
  const evaluation = evaluateCertificate(certificate, trust, at);
  if (!evaluation.trusted) {
    return { usable: false, reason: timeProblems.includes(evaluation.problem) ? 'expired' : 'untrusted' };
  }
  return { usable: true, level: evaluation.level, chain: evaluation.chain, testIssuer: evaluation.test };
}
