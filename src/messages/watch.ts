import type { Language } from './language.js';

/** What `kort watch` says to people. */
export interface WatchMessages {
  readerAdded: string;
  readerRemoved: string;
  cardInserted: string;
  cardRemoved: string;
  cardReady(label: string, product: string, serial: string): string;
  contentsChanged(certificates: number): string;
  counter(left: string, before: string | undefined): string;
  /** Also what `kort status` says of such a reader. */
  skipped: Readonly<Record<'virtual' | 'sam', string>>;
  sameCard(reader: string): string;
  foreignUse: Readonly<Record<'pin' | 'contents', string>>;
  empty: string;
  reading: string;
  noReaders: string;
}

const sv: WatchMessages = {
  readerAdded: 'läsaren anslöts',
  readerRemoved: 'läsaren kopplades ur',
  cardInserted: 'ett kort sattes i',
  cardRemoved: 'kortet togs ut',
  cardReady: (label, product, serial) => `kortet är läst: ${label} (${product}, nr ${serial})`,
  contentsChanged: (certificates) => `kortets innehåll har ändrats, certifikat: ${certificates}`,
  counter: (left, before) => (before === undefined ? left : `${left} (före: ${before})`),
  skipped: {
    virtual: 'hoppas över: det är inte en kortläsare, utan nycklar i datorn som Windows visar som en läsare',
    sam: 'hoppas över: platsen är till för läsarens egen säkerhetsmodul, inte för ditt kort',
  },
  sameCard: (reader) => `samma kort som i ${reader}; kortet används där`,
  foreignUse: {
    pin: 'ett annat program har använt eller bytt PIN-koden',
    contents: 'ett annat program har ändrat kortets innehåll',
  },
  empty: 'inget kort',
  reading: 'kortet läses …',
  noReaders: 'Ingen kortläsare är ansluten.',
};

const en: WatchMessages = {
  readerAdded: 'the reader was plugged in',
  readerRemoved: 'the reader was unplugged',
  cardInserted: 'a card was inserted',
  cardRemoved: 'the card was removed',
  cardReady: (label, product, serial) => `the card has been read: ${label} (${product}, no. ${serial})`,
  contentsChanged: (certificates) => `the contents of the card have changed, certificates: ${certificates}`,
  counter: (left, before) => (before === undefined ? left : `${left} (before: ${before})`),
  skipped: {
    virtual: 'skipped: this is not a card reader, but keys in the computer that Windows shows as a reader',
    sam: "skipped: this slot is for the reader's own security module, not for your card",
  },
  sameCard: (reader) => `the same card as in ${reader}; it is used there`,
  foreignUse: {
    pin: 'another program has used or changed the PIN',
    contents: 'another program has changed the contents of the card',
  },
  empty: 'no card',
  reading: 'reading the card ...',
  noReaders: 'No card reader is connected.',
};

/** By language. */
export const watchMessages: Readonly<Record<Language, WatchMessages>> = { sv, en };
