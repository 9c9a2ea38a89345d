import type { HistoryVerdict } from '../model/history.js';
import type { Language } from './language.js';

/** Groups of kinds of the history that are filtered by. */
export type HistoryGroup = 'all' | 'logins' | 'signatures' | 'pins' | 'certificates' | 'foreign' | 'cards' | 'own';

/** What the screens of the terminal UI say that show lists. */
export interface UiListMessages {
  title: Readonly<
    Record<
      | 'certificates'
      | 'details'
      | 'backups'
      | 'prefer'
      | 'why'
      | 'whichService'
      | 'expiry'
      | 'expiryOne'
      | 'snooze'
      | 'history'
      | 'entry'
      | 'filter'
      | 'doctor',
      string
    >
  >;
  keys: Readonly<
    Record<
      | 'move'
      | 'scroll'
      | 'details'
      | 'download'
      | 'prefer'
      | 'why'
      | 'remove'
      | 'backups'
      | 'restore'
      | 'choose'
      | 'snooze'
      | 'filter'
      | 'verify'
      | 'change'
      | 'clear'
      | 'again'
      | 'report'
      | 'yes'
      | 'no',
      string
    >
  >;
  /** In fewer words, for a narrow window. */
  shortKeys: Readonly<Record<'details' | 'prefer' | 'why' | 'verify' | 'report' | 'restore' | 'again', string>>;
  loading: string;
  away: string;
  stale: string;
  again: string;
  canReturn: string;
  cannotReturn: string;
  unpreferred: string;
  noServices: string;
  preferIntro(holder: string): string;
  preferForAll: string;
  preferFor(name: string): string;
  snoozeIntro(what: string): string;
  days(count: number): string;
  snoozed(until: string): string;
  showFine(count: number): string;
  hideFine: string;
  historyCount(shown: number, more: boolean): string;
  loadingOlder: string;
  noneFiltered: string;
  filtered(what: string): string;
  filterRow: Readonly<Record<'group' | 'card' | 'service' | 'outcome', string>>;
  anyCard: string;
  anyService: string;
  anyOutcome: string;
  onlyFailed: string;
  groups: Readonly<Record<HistoryGroup, string>>;
  sequence(number: number): string;
  verifying: string;
  damaged(verdict: Extract<HistoryVerdict, { intact: false }>): string;
  examining: string;
  running(done: number, all: number): string;
  stopped: string;
  askReport: string;
  /** Lower-case letters: first yes, then no. */
  letters: readonly [yes: string, no: string];
  written(path: string): string;
  writing: string;
}

const sv: UiListMessages = {
  title: {
    certificates: 'Certifikat',
    details: 'Ett certifikat',
    backups: 'Borttagna certifikat',
    prefer: 'Använd först',
    why: 'Varför detta certifikat?',
    whichService: 'Vilken tjänst?',
    expiry: 'Vad som går ut',
    expiryOne: 'Det här går ut',
    snooze: 'Pausa varningar',
    history: 'Historik',
    entry: 'En händelse',
    filter: 'Filtrera historiken',
    doctor: 'Felsökning',
  },
  keys: {
    move: 'flytta',
    scroll: 'bläddra',
    details: 'visa allt',
    download: 'hämta',
    prefer: 'använd först',
    why: 'varför detta?',
    remove: 'ta bort',
    backups: 'borttagna',
    restore: 'lägg tillbaka',
    choose: 'välj',
    snooze: 'pausa',
    filter: 'filtrera',
    verify: 'kontrollera kedjan',
    change: 'ändra',
    clear: 'rensa filtret',
    again: 'en gång till',
    report: 'skriv rapport',
    yes: 'ja',
    no: 'nej',
  },
  shortKeys: {
    details: 'visa',
    prefer: 'först',
    why: 'varför',
    verify: 'pröva',
    report: 'rapport',
    restore: 'lägg åter',
    again: 'igen',
  },
  loading: 'Hämtar …',
  away: 'kortd är inte igång, så det här går inte att visa nu. Det visas när kortd svarar igen.',
  stale: 'kortd är inte igång. Här visas hur det var innan.',
  again: 'Tryck r för att försöka igen.',
  canReturn: 'Enter lägger tillbaka det, när kortet sitter i.',
  cannotReturn: 'Det kan inte läggas tillbaka: nyckeln togs också bort.',
  unpreferred: 'Ta bort ditt val, så väljs certifikat som vanligt',
  noServices: 'Inga tjänster är registrerade.',
  preferIntro: (holder) => `När ska certifikatet för ${holder} användas först?`,
  preferForAll: 'Alltid, i alla tjänster',
  preferFor: (name) => `Bara i ${name}`,
  snoozeIntro: (what) => `Hur länge ska varningarna pausas? ${what}`,
  days: (count) => (count === 1 ? '1 dag' : `${count} dagar`),
  snoozed: (until) => `Varningarna är pausade till ${until}.`,
  showFine: (count) => `${count} till med lång tid kvar. Tryck a för att se dem.`,
  hideFine: 'Allt visas. Tryck a för att bara se det som snart går ut.',
  historyCount: (shown, more) =>
    `${shown} ${shown === 1 ? 'händelse' : 'händelser'}${more ? ', fler finns längre ned' : ''}`,
  loadingOlder: 'Hämtar äldre …',
  noneFiltered: 'Ingen händelse motsvarar filtret.',
  filtered: (what) => `Filter: ${what}`,
  filterRow: { group: 'Vad', card: 'Kort', service: 'Tjänst', outcome: 'Utfall' },
  anyCard: 'alla kort',
  anyService: 'alla tjänster',
  anyOutcome: 'allt',
  onlyFailed: 'bara det som misslyckades',
  groups: {
    all: 'allt',
    logins: 'inloggningar',
    signatures: 'underskrifter',
    pins: 'PIN-koder',
    certificates: 'certifikat hämtade och borttagna',
    foreign: 'andra program',
    cards: 'kort i och ur',
    own: 'om historiken själv',
  },
  sequence: (number) => `Post ${number}`,
  verifying: 'Kontrollerar hela historiken …',
  damaged: ({ file, line }) =>
    `HISTORIKEN ÄR ÄNDRAD ELLER SKADAD: ${file}, rad ${line}. Ändra inget, och kontakta din support.`,
  examining: 'Undersöker …',
  running: (done, all) => `Undersöker: ${done} av ${all} klara`,
  stopped: 'Undersökningen avbröts.',
  askReport:
    'Vill du skriva en rapport till den som hjälper dig? Den innehåller versioner, det som hittades och loggar utan personnummer och koder. j = ja, n = nej',
  letters: ['j', 'n'],
  written: (path) => `Rapporten finns i ${path}. Titta gärna igenom den innan du skickar den.`,
  writing: 'Skriver rapporten …',
};

const en: UiListMessages = {
  title: {
    certificates: 'Certificates',
    details: 'One certificate',
    backups: 'Removed certificates',
    prefer: 'Use first',
    why: 'Why this certificate?',
    whichService: 'Which service?',
    expiry: 'What expires',
    expiryOne: 'This expires',
    snooze: 'Pause warnings',
    history: 'History',
    entry: 'One event',
    filter: 'Filter the history',
    doctor: 'Doctor',
  },
  keys: {
    move: 'move',
    scroll: 'scroll',
    details: 'show everything',
    download: 'download',
    prefer: 'use first',
    why: 'why this one?',
    remove: 'remove',
    backups: 'removed ones',
    restore: 'put back',
    choose: 'choose',
    snooze: 'pause',
    filter: 'filter',
    verify: 'check the chain',
    change: 'change',
    clear: 'clear the filter',
    again: 'once more',
    report: 'write a report',
    yes: 'yes',
    no: 'no',
  },
  shortKeys: {
    details: 'show',
    prefer: 'first',
    why: 'why',
    verify: 'check',
    report: 'report',
    restore: 'restore',
    again: 'again',
  },
  loading: 'Getting it ...',
  away: 'kortd is not running, so this cannot be shown now. It is shown when kortd answers again.',
  stale: 'kortd is not running. This is how it was before.',
  again: 'Press r to try again.',
  canReturn: 'Enter puts it back, when the card is inserted.',
  cannotReturn: 'It cannot be put back: the key was removed, too.',
  unpreferred: 'Take your choice back: certificates are chosen as usual',
  noServices: 'No services are registered.',
  preferIntro: (holder) => `When should the certificate of ${holder} be used first?`,
  preferForAll: 'Always, in all services',
  preferFor: (name) => `Only in ${name}`,
  snoozeIntro: (what) => `How long should warnings be paused? ${what}`,
  days: (count) => (count === 1 ? '1 day' : `${count} days`),
  snoozed: (until) => `Warnings are paused until ${until}.`,
  showFine: (count) => `${count} more with a long time left. Press a to see them.`,
  hideFine: 'Everything is shown. Press a to see only what expires soon.',
  historyCount: (shown, more) =>
    `${shown} ${shown === 1 ? 'event' : 'events'}${more ? ', more of them further down' : ''}`,
  loadingOlder: 'Getting older ones ...',
  noneFiltered: 'No event matches the filter.',
  filtered: (what) => `Filter: ${what}`,
  filterRow: { group: 'What', card: 'Card', service: 'Service', outcome: 'Outcome' },
  anyCard: 'all cards',
  anyService: 'all services',
  anyOutcome: 'all',
  onlyFailed: 'only what failed',
  groups: {
    all: 'everything',
    logins: 'logins',
    signatures: 'signatures',
    pins: 'PINs',
    certificates: 'certificates downloaded and removed',
    foreign: 'other programs',
    cards: 'cards in and out',
    own: 'about the history itself',
  },
  sequence: (number) => `Entry ${number}`,
  verifying: 'Checking the whole history ...',
  damaged: ({ file, line }) =>
    `THE HISTORY HAS BEEN CHANGED OR DAMAGED: ${file}, line ${line}. Change nothing, and contact your helpdesk.`,
  examining: 'Examining ...',
  running: (done, all) => `Examining: ${done} of ${all} done`,
  stopped: 'The examination was stopped.',
  askReport:
    'Do you want to write a report for whoever helps you? It holds versions, what was found, and logs without personal numbers and codes. y = yes, n = no',
  letters: ['y', 'n'],
  written: (path) => `The report is in ${path}. Have a look at it before you send it.`,
  writing: 'Writing the report ...',
};

/** By language. */
export const uiListMessages: Readonly<Record<Language, UiListMessages>> = { sv, en };
