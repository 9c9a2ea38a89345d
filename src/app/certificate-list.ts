import type { CertificateDetails } from '../control-contract/certificates.js';
import type { Clock } from '../core/ports.js';
import type { CandidateKnowledge } from '../operations/candidates.js';
import { orderForOthers, preferredForOthers, type CertificateForOthers } from '../operations/certificate-order.js';
import { heldCertificates, type HeldCertificate } from '../operations/held-certificate.js';
import { describeCard } from '../operations/pin-card.js';
import { shownKeyType } from '../pki/certificate-algorithms.js';
import { purposeOf } from '../pki/suitability.js';
import type { TokenRegistry } from '../tokens/token-registry.js';

/** Where a list of certificates takes its facts from. */
export interface CertificateListSources extends CandidateKnowledge {
  readonly tokens: Pick<TokenRegistry, 'entries'>;
  readonly clock: Clock;
}

interface ListedCertificate extends CertificateForOthers {
  readonly held: HeldCertificate;
  readonly usable: boolean;
}

/** Every certificate of the inserted cards, in the order in which other programs see them. */
export function listCertificates(sources: CertificateListSources): readonly CertificateDetails[] {
  const listed = heldCertificates(sources.tokens.entries).map((held) => place(held, sources));
  const preferred = new Set(preferredForOthers(listed, sources.rules.all));
  return orderForOthers(listed, sources.rules.all).map((one) => describe(one, preferred.has(one), sources));
}

function place(held: HeldCertificate, { judge, revocation, clock }: CertificateListSources): ListedCertificate {
  const { certificate, key, token } = held;
  const purpose = purposeOf(certificate);
  const verdict = judge(certificate, clock.now(), purpose ?? 'auth');
  return {
    held,
    certificate,
    token: token.info.id,
    purpose,
    level: verdict.usable ? verdict.level : undefined,
    usable: verdict.usable && key !== undefined,
    revoked: revocation.of(certificate.fingerprint)?.status === 'revoked',
  };
}

function describe(
  { held, certificate, purpose, level, usable }: ListedCertificate,
  preferred: boolean,
  { revocation }: CertificateListSources,
): CertificateDetails {
  const { person, cardNumber, notBefore, notAfter, isCa } = certificate;
  const { fingerprint, subject, issuer, serialNumber, keyBits } = certificate;
  const { keyUsage, extendedKeyUsage, policies } = certificate;
  return {
    fingerprint,
    card: describeCard(held.token.info),
    holder: person.commonName,
    organization: person.organization,
    personId: person.personId,
    cardNumber,
    subject,
    issuer,
    serialNumber,
    level,
    notBefore: new Date(notBefore).toISOString(),
    notAfter: new Date(notAfter).toISOString(),
    keyType: shownKeyType(certificate),
    keyBits,
    keyUsage,
    extendedKeyUsage,
    policies,
    purpose,
    usable,
    isCa,
    revocation: revocation.of(fingerprint),
    preferred,
  };
}
