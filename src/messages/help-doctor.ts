import type { HelpNotes } from './help-notes.js';
import type { Language } from './language.js';

/** What `kort doctor --help` says. */
export interface DoctorHelp {
  options: Readonly<Record<'check' | 'report' | 'yes', string>>;
  names: Readonly<Record<'check', string>>;
}

/** By language. */
export const doctorHelp: Readonly<Record<Language, DoctorHelp>> = {
  sv: {
    options: {
      check: 'gör bara denna kontroll; kan anges flera gånger',
      report: 'skriv ett arkiv (tar.gz) för den som hjälper dig, utan namn, nummer och koder',
      yes: 'skriv över en fil som finns',
    },
    names: { check: 'kontroll' },
  },
  en: {
    options: {
      check: 'carry out this check only; may be given several times',
      report: 'write an archive (tar.gz) for whoever helps you, without names, numbers and codes',
      yes: 'overwrite a file that is there',
    },
    names: { check: 'check' },
  },
};

/** Examples and longer text. */
export const doctorNotes: HelpNotes = {
  doctor: {
    more: {
      sv: 'Fungerar också när kortd inte är igång, och ändrar ingenting. Slutar med 0 när inget är fel, med 10 när det finns varningar och med 11 när något inte fungerar.',
      en: 'Works without a running kortd too, and changes nothing. Ends with 0 when nothing is wrong, with 10 when there are warnings, and with 11 when something does not work.',
    },
    examples: [
      {
        line: 'kort doctor',
        sv: 'undersök allt, och säg vad som är fel',
        en: 'examine everything, and say what is wrong',
      },
      {
        line: 'kort doctor --report kort-report.tar.gz',
        sv: 'spara också en rapport att skicka till supporten; den kan läsas med tar innan den skickas',
        en: 'keep a report for the helpdesk too; it can be read with tar before it is sent',
      },
      {
        line: 'kort doctor --check port --check clock',
        sv: 'undersök bara porten och klockan',
        en: 'examine the port and the clock only',
      },
      {
        line: 'kort doctor --json',
        sv: 'svara med ett JSON-dokument, för övervakning av många datorer',
        en: 'answer with one JSON document, to watch over many computers',
      },
    ],
  },
};
