import type { ErrorCode, ErrorFields } from '../core/errors.js';
import type { ErrorText } from './error-texts.js';
import { errorWords } from './error-words.js';
import { errorMessages } from './errors.js';
import type { Language } from './language.js';
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
  const all = { group: 'daemon', ...fields, ...errorWords(language, code, fields), code };
  return { sentence: fillTemplate(text.sentence, all), nextStep: fillTemplate(text.nextStep, all) };
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(errorMessages, code);
}
