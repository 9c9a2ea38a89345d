import type { Language } from './language.js';

type KeyName =
  | 'move'
  | 'menu'
  | 'change'
  | 'unlock'
  | 'verify'
  | 'certificates'
  | 'download'
  | 'expiry'
  | 'history'
  | 'doctor'
  | 'start'
  | 'orders'
  | 'take'
  | 'help'
  | 'back'
  | 'quit'
  | 'scroll'
  | 'page'
  | 'ends'
  | 'redraw'
  | 'suspend'
  | 'number'
  | 'choose'
  | 'search'
  | 'erase'
  | 'keep'
  | 'all';

/** What the terminal UI itself says, besides its screens. */
export interface UiMessages {
  home: string;
  help: string;
  helpKeysOf(title: string): string;
  helpEverywhere: string;
  /** How the program is meant, below the keys. */
  helpText: readonly string[];
  keys: Readonly<Record<KeyName, string>>;
  /** The same in fewer words, for a narrow window. */
  shortKeys: Readonly<Partial<Record<KeyName, string>>>;
  tooSmall: string;
  sandbox: string;
  instance(name: string): string;
  connecting: string;
  away: string;
  awayLong(command: string): string;
  starting: string;
  connected: string;
  /** The daemon answers to nobody here, or something else is wrong with the way to it. */
  cannotConnect: string;
  readonly menuOf: (what: string) => string;
  menuTitle: string;
  /** Where no card is chosen. */
  menuOfNone: string;
  /** Work is under way: once more to give it up. */
  againToLeave: string;
  againToQuit: string;
  ordersWait(count: number): string;
  elsewhere(where: string): string;
  readonly rows: (first: number, last: number, all: number) => string;
  searchFor: string;
  /** Below the search. */
  searchHint: string;
  foundNone: string;
  noReaders: string;
  noReadersNext: string;
  /** The smart card service cannot be used. */
  serviceNext: string;
  hardwareOnly: string;
  unfinished(count: number): string;
  issuer: string;
  validFrom(date: string): string;
  key(type: string, bits: number): string;
  fingerprint: string;
  nothingHere: string;
  /** In the chosen reader, for what was pressed; `others`: whether there are more to choose. */
  noCardThere(reader: string, others: boolean): string;
  notOpened: string;
  /** Lines only. */
  linearStart: string;
  linearKeys(keys: string): string;
  /** Of several readers. */
  chosen(name: string): string;
}

const sv: UiMessages = {
  home: 'Kort och läsare',
  help: 'Hjälp',
  helpKeysOf: (title) => `Tangenter i ”${title}”`,
  helpEverywhere: 'Tangenter överallt',
  helpText: [
    'När en tjänst vill att du legitimerar dig eller skriver under kommer frågan efter PIN-koden hit av sig själv, framför allt annat. Är du mitt i något annat väntar det, och det du har skrivit av en PIN-kod raderas.',
    'Skriv PIN-koden bara när tjänsten, kontrollkoden och din personliga fras är de du väntar dig. Är frasen fel eller borta: skriv inget, tryck Esc.',
  ],
  keys: {
    move: 'välj kort',
    menu: 'vad du kan göra',
    change: 'byt PIN-kod',
    unlock: 'lås upp',
    verify: 'prova PIN-kod',
    certificates: 'certifikat',
    download: 'hämta certifikat',
    expiry: 'vad som går ut',
    history: 'historik',
    doctor: 'felsök',
    start: 'starta kortd',
    orders: 'väntande begäran',
    take: 'fråga efter PIN-koden här',
    help: 'hjälp',
    back: 'tillbaka',
    quit: 'avsluta',
    scroll: 'en rad upp eller ner',
    page: 'en sida upp eller ner',
    ends: 'början och slutet',
    redraw: 'rita om skärmen',
    suspend: 'pausa programmet (fg fortsätter)',
    number: 'välj efter nummer',
    choose: 'välj',
    search: 'sök',
    erase: 'radera ett tecken',
    keep: 'behåll urvalet',
    all: 'visa alla',
  },
  shortKeys: {
    move: 'välj',
    menu: 'meny',
    change: 'byt PIN',
    verify: 'prova',
    certificates: 'cert',
    download: 'hämta',
    expiry: 'utgång',
    start: 'starta',
    orders: 'begäran',
    take: 'fråga här',
    scroll: 'rad',
    number: 'nummer',
    erase: 'radera',
    keep: 'behåll',
  },
  tooSmall: 'Fönstret är för litet: minst 40 × 10 tecken behövs.',
  sandbox: 'SANDLÅDA',
  instance: (name) => `instans ${name}`,
  connecting: 'Kontaktar kortd …',
  away: 'kortd är inte igång.',
  awayLong: (command) =>
    `Utan kortd syns inga läsare och kort. Tryck s för att starta det här, eller kör ”${command}”.`,
  starting: 'kortd startas …',
  connected: 'kortd svarar igen.',
  cannotConnect: 'kortd går inte att nå.',
  menuOf: (what) => `Vad vill du göra med ${what}?`,
  menuTitle: 'Meny',
  menuOfNone: 'Vad vill du göra?',
  againToLeave: 'Något pågår här. Tryck Esc en gång till för att avbryta det.',
  againToQuit: 'Något pågår här. Tryck Ctrl-C en gång till för att avsluta ändå.',
  ordersWait: (count) => (count === 1 ? 'En begäran väntar: tryck o.' : `${count} begäranden väntar: tryck o.`),
  elsewhere: (where) => `Frågor efter PIN-koden kommer ${where}. Tryck t för att få dem hit.`,
  rows: (first, last, all) => `-- rad ${first}–${last} av ${all} · ↑ ↓ --`,
  searchFor: 'Sök läsare, kort eller person',
  searchHint: 'Enter behåller urvalet · Esc visar alla',
  foundNone: 'Sökningen gav inga läsare och inga kort.',
  noReaders: 'Ingen kortläsare är ansluten.',
  serviceNext: 'Utan den syns inga kortläsare. Tryck x för att felsöka.',
  noReadersNext: 'Anslut en läsare: den syns här direkt. Syns den inte, tryck x för att felsöka.',
  hardwareOnly: 'Här finns bara virtuella läsare och kort, inga inloggningar.',
  unfinished: (count) => `Oavslutade hämtningar av certifikat: ${count}. Tryck d för att fortsätta.`,
  issuer: 'utfärdare',
  validFrom: (date) => `giltigt från ${date}`,
  key: (type, bits) => `nyckel ${type.toUpperCase()} ${bits}`,
  fingerprint: 'fingeravtryck',
  nothingHere: 'Inget att visa här.',
  noCardThere: (reader, others) =>
    `Det sitter inget läsbart kort i ${reader}.${others ? ' Välj en annan läsare med ↑ ↓.' : ' Sätt i ett kort.'}`,
  notOpened: 'Det gick inte att öppna. Är programmet helt installerat? Tryck x för att felsöka.',
  linearStart: 'kort ui, rad för rad. Tryck ? för hjälp, Ctrl-L för att höra allt igen, q för att avsluta.',
  linearKeys: (keys) => `Tangenter: ${keys}.`,
  chosen: (name) => `Valt: ${name}`,
};

const en: UiMessages = {
  home: 'Cards and readers',
  help: 'Help',
  helpKeysOf: (title) => `Keys in "${title}"`,
  helpEverywhere: 'Keys everywhere',
  helpText: [
    'When a service wants you to log in or sign, the question for your PIN appears here by itself, in front of everything else. If you are in the middle of something else, that waits, and what you have typed of a PIN is wiped.',
    'Type your PIN only if the service, the confirmation code and your personal phrase are the ones that you expect. If the phrase is wrong or missing: type nothing, press Esc.',
  ],
  keys: {
    move: 'choose a card',
    menu: 'what you can do',
    change: 'change PIN',
    unlock: 'unlock',
    verify: 'try PIN',
    certificates: 'certificates',
    download: 'download a certificate',
    expiry: 'what expires',
    history: 'history',
    doctor: 'doctor',
    start: 'start kortd',
    orders: 'waiting requests',
    take: 'ask for the PIN here',
    help: 'help',
    back: 'back',
    quit: 'quit',
    scroll: 'one row up or down',
    page: 'one page up or down',
    ends: 'the beginning and the end',
    redraw: 'draw the screen anew',
    suspend: 'suspend the program (fg resumes it)',
    number: 'choose by number',
    choose: 'choose',
    search: 'search',
    erase: 'erase a character',
    keep: 'keep what was found',
    all: 'show all',
  },
  shortKeys: {
    move: 'choose',
    menu: 'menu',
    change: 'PIN',
    verify: 'try',
    certificates: 'certs',
    download: 'download',
    expiry: 'expiry',
    start: 'start',
    orders: 'requests',
    take: 'ask here',
    scroll: 'row',
    number: 'number',
    erase: 'erase',
    keep: 'keep',
  },
  tooSmall: 'The window is too small: at least 40 × 10 characters are needed.',
  sandbox: 'SANDBOX',
  instance: (name) => `instance ${name}`,
  connecting: 'Asking kortd ...',
  away: 'kortd is not running.',
  awayLong: (command) => `Without kortd, no readers or cards are shown. Press s to start it here, or run "${command}".`,
  starting: 'Starting kortd ...',
  connected: 'kortd answers again.',
  cannotConnect: 'kortd cannot be reached.',
  menuOf: (what) => `What do you want to do with ${what}?`,
  menuTitle: 'Menu',
  menuOfNone: 'What do you want to do?',
  againToLeave: 'Something is under way here. Press Esc once more to give it up.',
  againToQuit: 'Something is under way here. Press Ctrl-C once more to quit all the same.',
  ordersWait: (count) => (count === 1 ? 'One request is waiting: press o.' : `${count} requests are waiting: press o.`),
  elsewhere: (where) => `You are asked for your PIN ${where}. Press t to be asked here.`,
  rows: (first, last, all) => `-- rows ${first}–${last} of ${all} · ↑ ↓ --`,
  searchFor: 'Search reader, card or person',
  searchHint: 'Enter keeps what was found · Esc shows all',
  foundNone: 'No reader and no card matches the search.',
  noReaders: 'No card reader is connected.',
  serviceNext: 'Without it, no readers are shown. Press x for the doctor.',
  noReadersNext: 'Connect a reader: it is shown here at once. If it is not, press x for the doctor.',
  hardwareOnly: 'Only virtual readers and cards run here, no logins.',
  unfinished: (count) => `Downloads of certificates that are not finished: ${count}. Press d to go on.`,
  issuer: 'issuer',
  validFrom: (date) => `valid from ${date}`,
  key: (type, bits) => `key ${type.toUpperCase()} ${bits}`,
  fingerprint: 'fingerprint',
  nothingHere: 'Nothing to show here.',
  noCardThere: (reader, others) =>
    `There is no readable card in ${reader}. ${others ? 'Choose another reader with ↑ ↓.' : 'Insert a card.'}`,
  notOpened: 'This could not be opened. Is the program installed completely? Press x for the doctor.',
  linearStart: 'kort ui, line by line. Press ? for help, Ctrl-L to hear everything again, q to quit.',
  linearKeys: (keys) => `Keys: ${keys}.`,
  chosen: (name) => `Chosen: ${name}`,
};

/** By language. */
export const uiMessages: Readonly<Record<Language, UiMessages>> = { sv, en };
