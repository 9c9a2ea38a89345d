import type { Language } from './language.js';

/** What a command has done to the virtual readers and cards, one line each. `option` names the instance, or nothing. */
export interface SandboxChangeMessages {
  inserted(card: string, reader: string): string;
  insertedAlready(card: string, reader: string): string;
  moved(card: string, from: string, to: string): string;
  takenOut(card: string, reader: string): string;
  putBack(card: string, option: string): string;
  wasEmpty(reader: string): string;
  readerAdded(reader: string): string;
  padAdded(reader: string): string;
  cardsFor(option: string): string;
  readerRemoved(reader: string): string;
  pressed(reader: string): string;
  revoked(card: string, reason: string): string;
  restoreIt(card: string, option: string): string;
  restored(card: string): string;
}

const sv: SandboxChangeMessages = {
  inserted: (card, reader) => `Kortet ${card} sitter nu i ${reader}.`,
  insertedAlready: (card, reader) => `Kortet ${card} satt redan i ${reader}.`,
  moved: (card, from, to) => `Kortet ${card} flyttades från ${from} till ${to}.`,
  takenOut: (card, reader) => `Kortet ${card} togs ut ur ${reader}.`,
  putBack: (card, option) => `”kort sandbox insert ${card}${option}” sätter i det igen.`,
  wasEmpty: (reader) => `${reader} var redan tom.`,
  readerAdded: (reader) => `Läsaren ${reader} är ansluten.`,
  padAdded: (reader) => `Läsaren ${reader} är ansluten; den har knappsats.`,
  cardsFor: (option) => `”kort sandbox list${option}” visar vilka kort som kan sättas i.`,
  readerRemoved: (reader) => `Läsaren ${reader} är urkopplad.`,
  pressed: (reader) => `Knappsatsen på ${reader} frågar inte efter något mer.`,
  revoked: (card, reason) => `Certifikaten på kortet ${card} är spärrade: ${reason}.`,
  restoreIt: (card, option) => `”kort sandbox unrevoke ${card}${option}” tar tillbaka det.`,
  restored: (card) => `Certifikaten på kortet ${card} är inte spärrade längre.`,
};

const en: SandboxChangeMessages = {
  inserted: (card, reader) => `Card ${card} is in ${reader} now.`,
  insertedAlready: (card, reader) => `Card ${card} was in ${reader} already.`,
  moved: (card, from, to) => `Card ${card} was moved from ${from} to ${to}.`,
  takenOut: (card, reader) => `Card ${card} was taken out of ${reader}.`,
  putBack: (card, option) => `"kort sandbox insert ${card}${option}" puts it in again.`,
  wasEmpty: (reader) => `${reader} was empty already.`,
  readerAdded: (reader) => `Reader ${reader} is plugged in.`,
  padAdded: (reader) => `Reader ${reader} is plugged in; it has a keypad.`,
  cardsFor: (option) => `"kort sandbox list${option}" shows which cards can be put in.`,
  readerRemoved: (reader) => `Reader ${reader} is unplugged.`,
  pressed: (reader) => `The keypad of ${reader} asks for nothing more.`,
  revoked: (card, reason) => `The certificates of card ${card} are revoked: ${reason}.`,
  restoreIt: (card, option) => `"kort sandbox unrevoke ${card}${option}" takes that back.`,
  restored: (card) => `The certificates of card ${card} are not revoked any more.`,
};

/** By language. */
export const sandboxChangeMessages: Readonly<Record<Language, SandboxChangeMessages>> = { sv, en };
