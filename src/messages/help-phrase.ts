import type { HelpNotes } from './help-notes.js';
import type { Language } from './language.js';

/** What `--help` says of `kort phrase`. */
export interface PhraseHelp {
  phrase: string;
  commands: Readonly<Record<'set' | 'show' | 'remove', string>>;
  stdin: string;
}

const sv: PhraseHelp = {
  phrase: 'din egen fras, som visas när kort frågar efter PIN-koden',
  commands: { set: 'välj en fras', show: 'visa frasen', remove: 'ta bort frasen' },
  stdin: 'läs frasen som en rad från standard in',
};

const en: PhraseHelp = {
  phrase: 'your own phrase, which is shown when kort asks for the PIN',
  commands: { set: 'choose a phrase', show: 'show the phrase', remove: 'remove the phrase' },
  stdin: 'read the phrase as one line of standard input',
};

/** By language. */
export const phraseHelp: Readonly<Record<Language, PhraseHelp>> = { sv, en };

/** Examples of `kort phrase`. */
export const phraseNotes: HelpNotes = {
  'phrase set': {
    more: {
      sv: 'Ett program som bara liknar kort kan inte visa frasen. En webbplats eller en tjänst får aldrig se den.',
      en: 'A program that only looks like kort cannot show the phrase. No web site and no service ever sees it.',
    },
    examples: [
      { line: 'kort phrase set', sv: 'frågar efter en fras', en: 'asks for a phrase' },
      { line: 'kort phrase set --stdin', sv: 'läser den från standard in', en: 'reads it from standard input' },
    ],
  },
  'phrase show': { examples: [{ line: 'kort phrase show', sv: 'visar frasen', en: 'shows the phrase' }] },
  'phrase remove': { examples: [{ line: 'kort phrase remove', sv: 'tar bort frasen', en: 'removes the phrase' }] },
};
