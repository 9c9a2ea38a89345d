import type { HelpNotes } from './help-notes.js';
import type { Language } from './language.js';

/** What `--help` says of `kort history`. */
export interface HistoryHelp {
  commands: Readonly<Record<'list' | 'verify' | 'export', string>>;
  options: Readonly<
    Record<'since' | 'until' | 'card' | 'rp' | 'kind' | 'failed' | 'limit' | 'head' | 'csv' | 'yes', string>
  >;
  arguments: Readonly<Record<'file', string>>;
  names: Readonly<Record<'time' | 'head', string>>;
  timeForm: string;
  headForm: string;
}

/** By language. */
export const historyHelp: Readonly<Record<Language, HistoryHelp>> = {
  sv: {
    commands: {
      list: 'visa vad korten har använts till, det nyaste sist',
      verify: 'kontrollera att ingen post har ändrats, flyttats eller tagits bort',
      export: 'skriv historiken till en fil som bara du kan läsa',
    },
    options: {
      since: 'bara från och med denna tid',
      until: 'bara före denna tid',
      card: 'bara detta kort: nummer eller beteckning',
      rp: 'bara denna tjänst eller utfärdare (client_id)',
      kind: 'bara detta slag; kan anges flera gånger',
      failed: 'bara det som inte gick som det var tänkt',
      limit: 'högst så många, de nyaste',
      head: 'se också att posten som du har skrivit upp kontrollsumman av finns kvar oändrad',
      csv: 'skriv en tabell (CSV) i stället för en JSON-post på varje rad',
      yes: 'skriv över en fil som finns',
    },
    arguments: { file: 'filen som skrivs; - är standard ut' },
    names: { time: 'tid', head: 'kontrollsumma' },
    timeForm: 'skriv 2026-11-22, ”2026-11-22 08:30”, 36h (timmar) eller 7d (dygn tillbaka)',
    headForm: 'en kontrollsumma är postens nummer, ett kolon och 64 hexadecimala siffror',
  },
  en: {
    commands: {
      list: 'show what the cards were used for, the newest last',
      verify: 'check that no entry was changed, moved or removed',
      export: 'write the history to a file that only you can read',
    },
    options: {
      since: 'only from this time on',
      until: 'only before this time',
      card: 'only this card: its number or id',
      rp: 'only this service or issuer (client_id)',
      kind: 'only this kind; may be given several times',
      failed: 'only what did not go as it was meant to',
      limit: 'so many at most, the newest ones',
      head: 'see too that the entry whose head you wrote down is still there, unchanged',
      csv: 'write a table (CSV) instead of one JSON entry a line',
      yes: 'overwrite a file that is there',
    },
    arguments: { file: 'the file to write; - is standard output' },
    names: { time: 'time', head: 'head' },
    timeForm: 'write 2026-11-22, "2026-11-22 08:30", 36h (hours) or 7d (days back)',
    headForm: 'a head is the number of an entry, a colon, and 64 hexadecimal digits',
  },
};

/** Examples and longer text. */
export const historyNotes: HelpNotes = {
  history: {
    more: {
      sv: 'Läser filerna själv, också när kortd inte är igång. ”kort history” utan mer betyder ”kort history list”.',
      en: 'Reads the files itself, also while kortd does not run. "kort history" without more means "kort history list".',
    },
    examples: [
      { line: 'kort history', sv: 'visa det senaste', en: 'show the latest' },
      {
        line: 'kort history list --failed --since 7d',
        sv: 'visa vad som har misslyckats den senaste veckan',
        en: 'show what failed during the last week',
      },
    ],
  },
  'history list': {
    examples: [
      {
        line: 'kort history list --kind login --kind signature --limit 10',
        sv: 'visa de tio senaste inloggningarna och underskrifterna',
        en: 'show the newest ten logins and signatures',
      },
      {
        line: 'kort history list --since 2026-11-01 --json',
        sv: 'skriv posterna sedan första november som JSON, en på varje rad',
        en: 'write the entries since the first of November as JSON, one a line',
      },
    ],
  },
  'history verify': {
    more: {
      sv: 'Slutar med 0 när historiken är hel och med 12 när den inte är det. Den som kan skriva i dina filer kan göra om hela historiken; en kontrollsumma som är uppskriven någon annanstans avslöjar det.',
      en: 'Ends with 0 when the history is whole, and with 12 when it is not. Whoever can write your files can make the whole history anew; a head that is written down somewhere else gives that away.',
    },
    examples: [
      {
        line: 'kort history verify',
        sv: 'kontrollera historiken, och visa kontrollsumman att skriva upp',
        en: 'check the history, and show the head to be written down',
      },
    ],
  },
  'history export': {
    examples: [
      {
        line: 'kort history export history.jsonl',
        sv: 'spara allt; raderna är desamma som i historiken, så att kedjan kan kontrolleras',
        en: 'keep everything; the lines are those of the history, so that the chain can be checked',
      },
      {
        line: 'kort history export november.csv --csv --since 2026-11-01 --until 2026-12-01',
        sv: 'spara november som en tabell',
        en: 'keep November as a table',
      },
    ],
  },
};
