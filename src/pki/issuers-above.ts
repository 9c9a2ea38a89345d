import type { CertificateInfo } from '../model/certificate.js';
import type { TrustPolicy } from '../model/trust.js';
import { readX509, x509Of, type X509 } from './certificate.js';
import { isSignedBy } from './path.js';

/**
 * The configured CAs that stand above a certificate, the nearest first, in force or not. For telling what there is, not
 * for trust: of a CA whose signature nobody here can verify, the name has to do.
 */
export function issuersAbove(certificate: CertificateInfo, policy: TrustPolicy): readonly CertificateInfo[] {
  const nearest = policy.personIssuers.map(({ certificate: der }) => readX509(der));
  const anchors = policy.anchors.map(readX509);
  const issuers = nearest.filter((issuer) => isNamedBy(x509Of(certificate), issuer));
  const roots = anchors.filter((anchor) => [x509Of(certificate), ...issuers].some((below) => isNamedBy(below, anchor)));
  return [...issuers, ...roots].map(({ info }) => info);
}

const isNamedBy = (below: X509, issuer: X509): boolean =>
  issuer.publicKey === undefined
    ? Buffer.compare(below.issuer.encoded, issuer.subject.encoded) === 0
    : isSignedBy(below, issuer);
