import type { CertificateDetails } from '../../control-contract/certificates.js';
import { certificateMessages } from '../../messages/certificate.js';
import type { Language } from '../../messages/language.js';
import { localDate, revocationText, validityText } from './certificate-texts.js';
import { labelledRows, type MarkedText } from '../marked-text.js';

/** Everything about one certificate, readable. */
export function detailsTexts(certificate: CertificateDetails, language: Language): readonly MarkedText[] {
  const words = certificateMessages[language];
  const { labels } = words;
  const { card, purpose, isCa, level, notBefore, notAfter, usable, keyType, keyBits } = certificate;
  const key = `${keyType.toUpperCase()} ${keyBits}`;
  return labelledRows([
    [labels.holder, certificate.holder],
    [labels.organization, certificate.organization],
    [labels.personId, certificate.personId],
    [labels.card, `${card.label} (${card.product}, ${card.serial}), ${card.reader}`],
    [labels.cardNumber, certificate.cardNumber],
    [labels.use, words.use[isCa ? 'ca' : (purpose ?? 'other')]],
    [labels.level, words.level[level ?? 'none']],
    [
      labels.valid,
      `${words.fromTo(localDate(notBefore), localDate(notAfter))}; ${validityText(certificate, language)}`,
    ],
    [labels.revocation, revocationText(certificate.revocation, language)],
    [labels.key, usable ? words.keyThere(key) : words.keyMissing(key)],
    [labels.order, certificate.preferred ? words.comesFirst : undefined],
    [labels.issuer, certificate.issuer],
    [labels.subject, certificate.subject],
    [labels.serialNumber, certificate.serialNumber],
    [labels.usage, [...certificate.keyUsage, ...certificate.extendedKeyUsage].join(', ')],
    [labels.policies, certificate.policies.join(', ')],
    [labels.fingerprint, certificate.fingerprint],
  ]);
}
