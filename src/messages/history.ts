import type { HistoryEvent } from '../model/history.js';
import type { Language } from './language.js';

type Of<K extends HistoryEvent['kind']> = Extract<HistoryEvent, { readonly kind: K }>;

/** What a PIN or PUK was typed for, as far as it has a name. */
export type KnownPinPurpose = 'sign' | 'verify' | 'change' | 'unblock' | 'write' | 'decipher' | 'interrupted';

/** What is said of the entries of the history. Sentences end without a full stop: facts follow after a middle dot. */
export interface HistoryMessages {
  /** `card` is undefined where it could not be read. */
  inserted(reader: string, card: string | undefined): string;
  removed(reader: string, card: string | undefined): string;
  code: Readonly<Record<'PIN' | 'PUK', string>>;
  pinTry(code: string, outcome: Of<'pin-try'>['outcome']): string;
  pinPurpose: Readonly<Record<KnownPinPurpose, string>>;
  triesLeft(count: number): string;
  foreignTry(before: number, after: number): string;
  foreignUse: Readonly<Record<Of<'foreign-use'>['what'], string>>;
  programs(names: string): string;
  tornLine(keptIn: string): string;
  tornHead: string;
  damaged(keptIn: string): string;
  sealed(part: string): string;
  partRemoved(part: string, last: number): string;
  download(issuer: string, outcome: Of<'download'>['outcome']): string;
  retired(fingerprint: string): string;
  certificateRemoved(outcome: 'complete' | 'failed'): string;
  certificateRestored(outcome: 'complete' | 'failed'): string;
  login(relyingParty: string, outcome: 'complete' | 'failed'): string;
  signature(relyingParty: string, documents: number, outcome: 'complete' | 'failed'): string;
  card(id: string): string;
  /** A card that is not here, whose name is therefore not known. */
  numbered(serial: string): string;
  certificate(fingerprint: string): string;
  level(level: number): string;
  launcher(name: string): string;
  /** A kind of entry that a newer program wrote. */
  other(kind: string): string;
  none: string;
  older(shown: number): string;
  intact(entries: number): string;
  empty: string;
  head: string;
  /** `option`: what the command must end with so that it reaches the same instance. */
  headAdvice(option: string): string;
  headKnown(sequence: number): string;
  headOlder(sequence: number): string;
  exported(count: number, file: string): string;
}

/** What each way to start an order is called; a history may hold one of a later version. */
const launchers: Readonly<Record<Language, Partial<Record<string, string>>>> = {
  sv: {
    page: 'startad från en webbsida',
    process: 'startad av ett program på datorn',
    redirect: 'startad från en webbsida',
    scheme: 'startad av en länk',
  },
  en: {
    page: 'started by a web page',
    process: 'started by a program on this computer',
    redirect: 'started by a web page',
    scheme: 'started by a link',
  },
};

const sv: HistoryMessages = {
  inserted: (reader, card) => `${card === undefined ? 'Ett kort' : `Kortet ${card}`} sattes i (${reader})`,
  removed: (reader, card) => `${card === undefined ? 'Kortet' : `Kortet ${card}`} togs ut (${reader})`,
  code: { PIN: 'PIN-koden', PUK: 'PUK-koden' },
  pinTry: (code, outcome) =>
    ({
      accepted: `${code} var rätt`,
      wrong: `${code} var fel`,
      blocked: `${code} var fel och är nu låst`,
      unknown: `${code} skickades till kortet, som inte hann svara`,
    })[outcome],
  pinPurpose: {
    sign: 'för legitimering eller underskrift',
    verify: 'för att prova koden',
    change: 'för att byta kod',
    unblock: 'för att låsa upp kortet',
    write: 'för att ändra kortets certifikat',
    decipher: 'för att läsa ett krypterat meddelande',
    interrupted: 'avbrutet',
  },
  triesLeft: (count) => `${count} försök kvar`,
  foreignTry: (before, after) => `Någon annan använde PIN-försök: ${before} blev ${after}`,
  foreignUse: {
    pin: 'Ett annat program använde eller bytte PIN-koden',
    contents: 'Ett annat program ändrade kortets innehåll',
  },
  programs: (names) => `program som då var anslutna: ${names}`,
  tornLine: (keptIn) => `Historiken slutade mitt i en rad (strömavbrott?); resten finns i ${keptIn}`,
  tornHead: 'Historikens kontrollsumma var inte helt skriven (strömavbrott?) och gjordes om efter den sista posten',
  damaged: (keptIn) => `Den förra historiken var skadad eller ändrad; den finns i ${keptIn}`,
  sealed: (part) => `Delen ${part} är full och förseglad`,
  partRemoved: (part, last) => `Den äldsta delen, ${part}, togs bort (till och med post ${last})`,
  download: (issuer, outcome) =>
    ({
      complete: `Ett certifikat hämtades till kortet från ${issuer}`,
      failed: `Ett certifikat från ${issuer} kom inte hela vägen till kortet`,
      discarded: `En hämtning från ${issuer} gavs upp`,
    })[outcome],
  retired: (fingerprint) => `i stället för ${fingerprint}`,
  certificateRemoved: (outcome) =>
    outcome === 'complete' ? 'Ett certifikat togs bort från kortet' : 'Ett certifikat kunde inte tas bort från kortet',
  certificateRestored: (outcome) =>
    outcome === 'complete' ? 'Ett certifikat lades tillbaka på kortet' : 'Ett certifikat kunde inte läggas tillbaka',
  login: (relyingParty, outcome) => `Legitimering hos ${relyingParty}${outcome === 'complete' ? '' : ' blev inte av'}`,
  signature: (relyingParty, documents, outcome) =>
    `Underskrift av ${documents} dokument hos ${relyingParty}${outcome === 'complete' ? '' : ' blev inte av'}`,
  card: (id) => `kort ${id}`,
  numbered: (serial) => `nr ${serial}`,
  certificate: (fingerprint) => `certifikat ${fingerprint}`,
  level: (level) => `tillitsnivå ${level}`,
  launcher: (name) => launchers.sv[name] ?? `startad genom ${name}`,
  other: (kind) => `Post av okänt slag: ${kind}`,
  none: 'Historiken har ingen sådan post.',
  older: (shown) =>
    `${shown === 1 ? 'Bara den senaste' : `De ${shown} senaste`} visas. Fler finns: ”--limit”, ”--since” och ”--until” visar dem.`,
  intact: (entries) =>
    `Historiken är hel: ${entries} ${entries === 1 ? 'post' : 'poster'}, ingen ändrad eller borttagen.`,
  empty: 'Historiken är tom.',
  head: 'Kontrollsumma',
  headAdvice: (option) =>
    `Skriv upp kontrollsumman på ett annat ställe: ”kort history verify${option} --head” visar då att allt fram till dess finns kvar.`,
  headOlder: (sequence) =>
    `Post ${sequence}, som du skrev upp, är äldre än det som sparas, och kan inte kontrolleras mer.`,
  headKnown: (sequence) => `Post ${sequence}, som du skrev upp, finns kvar oändrad.`,
  exported: (count, file) => `${count} ${count === 1 ? 'post' : 'poster'} skrevs till ${file}.`,
};

const en: HistoryMessages = {
  inserted: (reader, card) => `${card === undefined ? 'A card' : `Card ${card}`} was inserted (${reader})`,
  removed: (reader, card) => `${card === undefined ? 'The card' : `Card ${card}`} was removed (${reader})`,
  code: { PIN: 'The PIN', PUK: 'The PUK' },
  pinTry: (code, outcome) =>
    ({
      accepted: `${code} was right`,
      wrong: `${code} was wrong`,
      blocked: `${code} was wrong and is locked now`,
      unknown: `${code} was sent to the card, which had no time to answer`,
    })[outcome],
  pinPurpose: {
    sign: 'for a login or a signature',
    verify: 'to try the code',
    change: 'to change the code',
    unblock: 'to unlock the card',
    write: "to change the card's certificates",
    decipher: 'to read an encrypted message',
    interrupted: 'interrupted',
  },
  triesLeft: (count) => `${count} ${count === 1 ? 'try' : 'tries'} left`,
  foreignTry: (before, after) => `Somebody else used PIN tries: ${before} became ${after}`,
  foreignUse: {
    pin: 'Another program used or changed the PIN',
    contents: 'Another program changed the contents of the card',
  },
  programs: (names) => `programs connected then: ${names}`,
  tornLine: (keptIn) => `The history ended in half a line (power cut?); the rest is in ${keptIn}`,
  tornHead: 'The head of the history was not written whole (power cut?) and was made anew from the last entry',
  damaged: (keptIn) => `The history before this was damaged or changed; it is in ${keptIn}`,
  sealed: (part) => `The part ${part} is full and sealed`,
  partRemoved: (part, last) => `The oldest part, ${part}, was removed (up to entry ${last})`,
  download: (issuer, outcome) =>
    ({
      complete: `A certificate was downloaded to the card from ${issuer}`,
      failed: `A certificate from ${issuer} did not come all the way to the card`,
      discarded: `A download from ${issuer} was given up`,
    })[outcome],
  retired: (fingerprint) => `in place of ${fingerprint}`,
  certificateRemoved: (outcome) =>
    outcome === 'complete'
      ? 'A certificate was removed from the card'
      : 'A certificate could not be removed from the card',
  certificateRestored: (outcome) =>
    outcome === 'complete' ? 'A certificate was put back on the card' : 'A certificate could not be put back',
  login: (relyingParty, outcome) =>
    outcome === 'complete' ? `Login to ${relyingParty}` : `Login to ${relyingParty} did not go through`,
  signature: (relyingParty, documents, outcome) => {
    const what = `Signature of ${documents} ${documents === 1 ? 'document' : 'documents'} for ${relyingParty}`;
    return outcome === 'complete' ? what : `${what} did not go through`;
  },
  card: (id) => `card ${id}`,
  numbered: (serial) => `no. ${serial}`,
  certificate: (fingerprint) => `certificate ${fingerprint}`,
  level: (level) => `level ${level}`,
  launcher: (name) => launchers.en[name] ?? `started by ${name}`,
  other: (kind) => `Entry of an unknown kind: ${kind}`,
  none: 'The history has no such entry.',
  older: (shown) =>
    `${shown === 1 ? 'Only the newest is' : `The newest ${shown} are`} shown. There are more: "--limit", "--since" and "--until" show them.`,
  intact: (entries) =>
    `The history is whole: ${entries} ${entries === 1 ? 'entry' : 'entries'}, none changed or removed.`,
  empty: 'The history is empty.',
  head: 'Head',
  headAdvice: (option) =>
    `Write the head down somewhere else: "kort history verify${option} --head" then shows that everything up to it is still there.`,
  headOlder: (sequence) =>
    `Entry ${sequence}, which you wrote down, is older than what is kept, and cannot be checked any more.`,
  headKnown: (sequence) => `Entry ${sequence}, which you wrote down, is still there, unchanged.`,
  exported: (count, file) => `${count} ${count === 1 ? 'entry was' : 'entries were'} written to ${file}.`,
};

/** By language. */
export const historyMessages: Readonly<Record<Language, HistoryMessages>> = { sv, en };
