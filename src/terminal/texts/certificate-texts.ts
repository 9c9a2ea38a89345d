import type { CertificateDetails } from '../../control-contract/certificates.js';
import { certificateMessages } from '../../messages/certificate.js';
import type { Language } from '../../messages/language.js';
import { statusMessages } from '../../messages/status.js';
import { localDay } from '../../model/expiry-ladder.js';
import type { RevocationState } from '../../model/revocation.js';
import { createStyle } from '../layout/style.js';
import type { Look } from '../look.js';
import { localTime } from '../../messages/local-time.js';
import { shownFingerprint } from './find-certificate.js';
import { marked, type MarkedText } from '../layout/marked-text.js';

/** From that many days on, an end that comes near stands out. */
const nearDays = 30;

/** Days of the calendar, as everything else that ends counts them. */
const daysUntil = (time: string): number => localDay(Date.parse(time)) - localDay(Date.now());

/** Date in the zone of this computer. */
export const localDate = (time: string): string => localTime(time).slice(0, 10);

/** The common name in a name of RFC 4514, without its escapes; the whole name where it has none. */
export function commonNameOf(name: string): string {
  const found = /(?:^|,)CN=((?:\\.|[^,\\])*)/i.exec(name)?.[1];
  return found === undefined ? name : found.replaceAll(/\\(.)/g, '$1');
}

type Validity = Pick<CertificateDetails, 'notAfter'> & { readonly notBefore?: string };

/** How many days are left. */
export function remainingText({ notBefore, notAfter }: Validity, language: Language): string {
  const words = certificateMessages[language];
  if (Date.parse(notAfter) < Date.now()) return words.expired;
  if (notBefore !== undefined && Date.parse(notBefore) > Date.now()) return words.notYetValid;
  return words.daysLeft(daysUntil(notAfter));
}

/** Until when, and how many days are left. */
export function validityText(validity: Validity, language: Language): string {
  return certificateMessages[language].validUntil(localDate(validity.notAfter), remainingText(validity, language));
}

/** What is known of a certificate's revocation; undefined where nobody asked. */
export function revocationText(state: RevocationState | undefined, language: Language): string | undefined {
  const words = certificateMessages[language];
  switch (state?.status) {
    case undefined:
      return undefined;
    case 'checking':
      return words.revocation.checking;
    case 'good':
      return words.revocation.good(localTime(state.validUntil));
    case 'revoked': {
      const text = words.revocation[state.certificate === 'leaf' ? 'revoked' : 'revokedIssuer'](
        localDate(state.revokedAt),
      );
      return state.reason === undefined ? text : `${text}, ${words.revocation.because(state.reason)}`;
    }
    case 'unknown':
      return words.revocation.unknown(words.revocationUnknown[state.reason]);
  }
}

/** One certificate of a list. */
export function listedTexts(certificate: CertificateDetails, look: Look): readonly MarkedText[] {
  const { fingerprint, holder, organization, purpose, level, notAfter, usable, revocation, preferred, card, issuer } =
    certificate;
  const words = certificateMessages[look.language];
  const status = statusMessages[look.language];
  const style = createStyle(look.color);
  const warning = (text: string): string => style.warning(text);
  const revoked = revocation?.status === 'good' ? undefined : revocationText(revocation, look.language);
  const facts = [
    ...(purpose === undefined ? [] : [status.purpose[purpose]]),
    level === undefined ? status.noLevel : status.level(level),
    ...(usable ? [] : [status.notUsable]),
    ...(preferred ? [words.preferred] : []),
  ];
  return [
    marked(
      organization === undefined ? holder : `${holder}, ${organization}`,
      `${shownFingerprint(fingerprint)}  `,
      (text) => style.bold(text),
    ),
    marked(facts.join(' · '), '  '),
    marked(validityText(certificate, look.language), '  ', daysUntil(notAfter) < nearDays ? warning : undefined),
    ...(revoked === undefined ? [] : [marked(revoked, '  ', revocation?.status === 'revoked' ? warning : undefined)]),
    marked(words.issuedBy(commonNameOf(issuer)), '  '),
    marked(words.onCard(card.label, card.reader), '  '),
  ];
}
