import type { Language } from './language.js';

interface TraceTexts {
  readonly begun: string;
  readonly contents: string;
}

/** What `kort trace` says beside the recording. */
export const traceTexts: Readonly<Record<Language, TraceTexts>> = {
  sv: {
    begun: 'Kommandon till korten spelas in. Avbryt med Ctrl-C.',
    contents: 'Inspelningen innehåller certifikat med namn, men inga koder.',
  },
  en: {
    begun: 'Commands to the cards are being recorded. End with Ctrl-C.',
    contents: 'The recording holds certificates with names, but no codes.',
  },
};
