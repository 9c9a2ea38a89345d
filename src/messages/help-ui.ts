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
