import type { BackedUpCertificate } from '../../control-contract/certificates.js';
import { certificateMessages } from '../../messages/certificate.js';
import type { Language } from '../../messages/language.js';
import { marked, type MarkedText } from '../layout/marked-text.js';
import { commonNameOf, localDate } from './certificate-texts.js';
import { shownFingerprint } from './find-certificate.js';
import { localTime } from '../../messages/local-time.js';

/** A certificate that was removed; `canReturn` says whether it can be put back, and how. */
export function backupTexts(
  { fingerprint, holder, issuer, notAfter, cardLabel, removedAt }: BackedUpCertificate,
  language: Language,
  canReturn: string,
): readonly MarkedText[] {
  const words = certificateMessages[language];
  const left = Date.parse(notAfter) < Date.now() ? words.expired : localDate(notAfter);
  return [
    marked(`${holder} (${commonNameOf(issuer)}; ${left})`, `${shownFingerprint(fingerprint)}  `),
    marked(words.backupRemoved(cardLabel, localTime(removedAt)), '  '),
    marked(canReturn, '  '),
  ];
}
