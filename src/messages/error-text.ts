import type { ErrorCode, ErrorFields } from '../core/errors.js';
import type { ErrorText } from './error-texts.js';
import { errorMessages } from './errors.js';
import type { Language } from './language.js';
import { reasonName, reasonText } from './reasons.js';
import { fillTemplate } from './template.js';

const unknown: Readonly<Record<Language, ErrorText>> = {
  sv: { sentence: 'Ett fel med koden {code} uppstod.', nextStep: 'Uppdatera programmet så att det känner till felet.' },
  en: { sentence: 'An error with the code {code} occurred.', nextStep: 'Update the program so that it knows it.' },
};

/**
 * What the user reads about an error; a code from a newer daemon that we do not know is named. Commands in next steps
 * name the `instance` unless it is the ordinary one; those that start and stop it belong to the `group` (`daemon` or
 * `sandbox`), and name `groupInstance` unless it is the one that the group means by itself.
 */
export function errorText(language: Language, code: string, fields: ErrorFields): ErrorText {
  const text = isKnown(code) ? errorMessages[code][language] : unknown[language];
  const all = { group: 'daemon', ...placeOf(language, fields), ...fields, ...ownReason(language, code, fields), code };
  return { sentence: fillTemplate(text.sentence, all), nextStep: fillTemplate(text.nextStep, all) };
}

/** Why a server could not be asked, a certificate is not taken, and so on, in words. */
function ownReason(language: Language, code: string, { reason }: ErrorFields): ErrorFields {
  const name = reason === undefined ? undefined : reasonName(code, String(reason));
  return name === undefined ? {} : { reason: reasonText(language, { reason: name }) ?? reason };
}

/** Where a certificate was looked for, and what shows the others there. */
function placeOf(language: Language, { in: where }: ErrorFields): ErrorFields {
  const isBackup = where === 'backups';
  const places = isBackup
    ? { sv: 'bland säkerhetskopiorna', en: 'among the backups' }
    : { sv: 'på korten', en: 'on the cards' };
  return { place: places[language], list: isBackup ? 'backups' : 'list' };
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(errorMessages, code);
}
