import type { ErrorFields } from '../core/errors.js';
import { durationText } from './duration.js';
import type { Language } from './language.js';
import { reasonName, reasonText } from './reasons.js';
import { localTime } from './local-time.js';

/** What sentences say of the fields of an error, in words: reasons, time spans and times. */
export function errorWords(language: Language, code: string, fields: ErrorFields): ErrorFields {
  return {
    ...placeOf(language, fields),
    ...diskReason(language, fields),
    ...ownReason(language, code, fields),
    ...spanOf(language, fields),
    ...timeOf(fields),
  };
}

/** Why a server could not be asked, a certificate is not taken, and so on. */
function ownReason(language: Language, code: string, fields: ErrorFields): ErrorFields {
  const { reason } = fields;
  const name = reason === undefined ? undefined : reasonName(code, String(reason));
  return name === undefined ? {} : { reason: reasonText(language, { ...fields, reason: name }) ?? reason };
}

/** What the system said of a file, where that helps its reader. */
const diskReasons: Readonly<Record<string, string>> = {
  ENOSPC: 'diskFull',
  EDQUOT: 'diskFull',
  EROFS: 'diskReadOnly',
  EACCES: 'folderDenied',
  EPERM: 'folderDenied',
  ENOTDIR: 'folderBlocked',
  EEXIST: 'folderBlocked',
};

function diskReason(language: Language, { detail }: ErrorFields): ErrorFields {
  const reason = diskReasons[String(detail)];
  return reason === undefined ? {} : { reason: reasonText(language, { reason }) };
}

/** Where a certificate was looked for, and what shows the others there. */
function placeOf(language: Language, { in: where }: ErrorFields): ErrorFields {
  const isBackup = where === 'backups';
  const places = isBackup
    ? { sv: 'bland säkerhetskopiorna', en: 'among the backups' }
    : { sv: 'på korten', en: 'on the cards' };
  return { place: places[language], list: isBackup ? 'backups' : 'list' };
}

/** How far two clocks are apart, or how long something takes yet. */
function spanOf(language: Language, { seconds, skewSeconds, retryAfterSeconds }: ErrorFields): ErrorFields {
  const span = seconds ?? skewSeconds ?? retryAfterSeconds;
  return typeof span === 'number' ? { span: durationText(language, span) } : {};
}

function timeOf({ revokedAt }: ErrorFields): ErrorFields {
  return typeof revokedAt === 'string' ? { revokedAt: localTime(revokedAt) } : {};
}
