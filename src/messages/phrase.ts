import type { Language } from './language.js';

/** What `kort phrase` says. */
export interface PhraseMessages {
  /** Before it is asked for. */
  about: string;
  question: string;
  set(phrase: string): string;
  shown(phrase: string): string;
  none: string;
  removed: string;
  empty: string;
  tooLong(most: number): string;
  terminalNeeded: string;
}

const sv: PhraseMessages = {
  about:
    'Välj en egen fras, som bara du och kort känner till. Den visas varje gång kort frågar efter din PIN-kod. Välj ' +
    'inte din PIN-kod eller ett lösenord.',
  question: 'Fras: ',
  set: (phrase) => `Från och med nu visar varje äkta fråga: ${phrase}. Skriv inte PIN-koden där den saknas.`,
  shown: (phrase) => `Din fras: ${phrase}`,
  none: 'Du har ingen fras. Välj en med ”kort phrase set”.',
  removed: 'Frasen är borttagen.',
  empty: 'frasen är tom',
  tooLong: (most) => `frasen är längre än ${most} tecken`,
  terminalNeeded: 'kommandot behöver en terminal, eller --stdin',
};

const en: PhraseMessages = {
  about:
    'Choose a phrase of your own, which nobody but you and kort knows. It is shown whenever kort asks for your PIN. ' +
    'Do not choose your PIN or a password.',
  question: 'Phrase: ',
  set: (phrase) => `From now on every real question shows: ${phrase}. Do not type your PIN where it is missing.`,
  shown: (phrase) => `Your phrase: ${phrase}`,
  none: 'You have no phrase. Choose one with "kort phrase set".',
  removed: 'The phrase has been removed.',
  empty: 'the phrase is empty',
  tooLong: (most) => `the phrase is longer than ${most} characters`,
  terminalNeeded: 'the command needs a terminal, or --stdin',
};

/** By language. */
export const phraseMessages: Readonly<Record<Language, PhraseMessages>> = { sv, en };
