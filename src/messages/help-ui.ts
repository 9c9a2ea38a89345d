import type { HelpNotes } from './help-notes.js';
import type { Language } from './language.js';

/** What `kort ui --help` says of the command's options. */
export interface UiHelp {
  linear: string;
}

/** By language. */
export const uiHelp: Readonly<Record<Language, UiHelp>> = {
  sv: { linear: 'rad för rad i stället för hela skärmen, för skärmläsare (även med KORT_SCREEN_READER=1)' },
  en: { linear: 'line by line instead of the whole screen, for screen readers (also with KORT_SCREEN_READER=1)' },
};

/** Below its options. */
export const uiNotes: HelpNotes = {
  ui: {
    more: {
      sv: 'Allt görs med tangenterna; ? visar vilka. En inloggning som väntar på PIN-koden kommer fram av sig själv.',
      en: 'Everything is done by keys; ? shows which. A login that waits for the PIN comes to the front by itself.',
    },
    examples: [
      { line: 'kort ui', sv: 'hela skärmen', en: 'the whole screen' },
      { line: 'kort ui --linear', sv: 'rad för rad, för en skärmläsare', en: 'line by line, for a screen reader' },
    ],
  },
};
