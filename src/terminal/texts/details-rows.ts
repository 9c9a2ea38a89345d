import type { CertificateDetails } from '../../control-contract/certificates.js';
import { certificateMessages } from '../../messages/certificate.js';
import type { Language } from '../../messages/language.js';
import { localDate, remainingText, revocationText } from './certificate-texts.js';
import { labelledRows, type MarkedText } from '../layout/marked-text.js';

/** Everything about one certificate, readable. */
export function detailsTexts(certificate: CertificateDetails, language: Language): readonly MarkedText[] {
  const words = certificateMessages[language];
  const { labels } = words;
  const { card, purpose, isCa, level, notBefore, notAfter, usable, keyType, keyBits } = certificate;
  const key = keyBits === 0 ? keyType : `${keyType.toUpperCase()} ${keyBits}`;
  return labelledRows([
    [labels.holder, certificate.holder],
    [labels.organization, certificate.organization],
    [labels.personId, certificate.personId],
    [labels.card, `${card.label} (${card.product}, ${card.serial}), ${card.reader}`],
    [labels.cardNumber, certificate.cardNumber],
    [labels.use, words.use[isCa ? 'ca' : (purpose ?? 'other')]],
    [labels.level, words.level[level ?? 'none']],
    [labels.valid, words.fromTo(localDate(notBefore), localDate(notAfter), remainingText(certificate, language))],
    [labels.revocation, revocationText(certificate.revocation, language)],
    [labels.key, usable ? words.keyThere(key) : words.keyMissing(key)],
    [labels.order, certificate.preferred ? words.comesFirst : undefined],
    [labels.issuer, certificate.issuer],
    [labels.subject, certificate.subject],
    [labels.serialNumber, certificate.serialNumber],
    [labels.usage, [...certificate.keyUsage, ...certificate.extendedKeyUsage.map(purposeName)].join(', ')],
    [labels.policies, certificate.policies.join(', ')],
    [labels.fingerprint, certificate.fingerprint],
  ]);
}

/** Extended key usages that person certificates have (RFC 5280 §4.2.1.12; smart card logon of Microsoft). */
const purposeNames: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.2': 'clientAuth',
  '1.3.6.1.5.5.7.3.4': 'emailProtection',
  '1.3.6.1.4.1.311.20.2.2': 'smartcardLogon',
};

const purposeName = (oid: string): string => purposeNames[oid] ?? oid;
