import { sanitizeOutsideText } from '../../core/outside-text.js';
import type { Clock } from '../../core/ports.js';
import type { CertificateInfo } from '../../model/certificate.js';
import type { KnownAuthority } from '../../model/expiry-memory.js';
import type { TrustPolicy } from '../../model/trust.js';
import { evaluateCertificate } from '../../pki/path.js';
import type { FindAuthorities } from './known-cards.js';

/** As many certificates as a day at a shared reader brings. */
const maxKnown = 1_000;

/**
 * Finds who stands behind certificates by the configured trust. A certificate that has ended, or whose CA has, is
 * judged for a moment at which it counted.
 */
export function createFindAuthorities(policy: TrustPolicy, clock: Pick<Clock, 'now'>): FindAuthorities {
  const known = new Map<string, ReturnType<FindAuthorities>>();
  return (certificate) => {
    const { fingerprint } = certificate;
    if (!known.has(fingerprint)) {
      if (known.size >= maxKnown) known.clear();
      known.set(fingerprint, find(certificate, policy, clock.now()));
    }
    return known.get(fingerprint);
  };
}

function find(certificate: CertificateInfo, policy: TrustPolicy, now: number): ReturnType<FindAuthorities> {
  const { notBefore, notAfter } = certificate;
  for (const at of [Math.min(Math.max(now, notBefore), notAfter), notBefore, notAfter]) {
    const path = evaluateCertificate(certificate, policy, at);
    if (path.trusted) return { level: path.level, authorities: [path.issuer, path.anchor].map(authorityOf) };
  }
  return undefined;
}

function authorityOf({ fingerprint, person, subject, notBefore, notAfter }: CertificateInfo): KnownAuthority {
  return { fingerprint, name: sanitizeOutsideText(person.commonName || subject), notBefore, notAfter };
}
