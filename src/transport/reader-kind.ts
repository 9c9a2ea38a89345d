/*
 * PC/SC tells of a reader little more than its name. These are the words that makers, Windows and libccid put there:
 * `Maker Product [Interface] (serial) 01 00` on Linux and macOS, `Maker Product 0` on Windows.
 */

/**
 * What a reader takes: a card in a slot, a card held near; `virtual` has no card that somebody can hold, `sam` is the
 * slot of a security module inside a reader.
 */
export type ReaderKind = 'contact' | 'contactless' | 'virtual' | 'sam';

/** The two readers that one device with a slot and an antenna appears as. */
export interface ReaderFaces {
  readonly contact: string;
  readonly contactless: string;
}

/** Keys of Windows itself and of a SIM, shown as readers that always hold a card. */
const virtualNames = /^(Windows Hello|Microsoft Virtual Smart ?Card|Microsoft UICC)\b/i;

const SAM = /\bSAM\b/;
const CONTACTLESS = /contact-?less|\b(PICC|CL|NFC|RFID|FeliCa|PaSoRi)\b|\dCL\b|\bSCL\d/;
const CONTACT = /contact(?!-?less)|\bICC\b/;
const FACE_WORDS = /contact-?less|contacted|contact|\b(PICC|ICC|SAM|CL|NFC)\b|(?<=\d)CL\b/g;

interface ReaderName {
  readonly product: string;
  readonly interface?: string;
  readonly serial?: string;
  readonly index?: string;
  readonly slot?: string;
}

const NAME =
  /^(?<product>.*?)(?: \[(?<interface>[^\]]*)\])?(?: \((?<serial>[^)]*)\))?(?: (?<index>[\dA-F]{1,2})(?: (?<slot>[\dA-F]{2}))?)?$/;

/** What kind of reader bears this name; `contact` where the name does not tell. */
export function readerKind(name: string): ReaderKind {
  if (virtualNames.test(name)) return 'virtual';
  const parsed = parseName(name);
  return kindOfText(parsed.interface ?? '') ?? kindOfText(parsed.product) ?? kindOfSlot(parsed);
}

/**
 * The pairs among these reader names that are contact and contactless face of one device: same product and serial. Of
 * several devices that nothing tells apart no pair is given.
 */
export function facesOf(names: readonly string[]): readonly ReaderFaces[] {
  return groupBy(names, (name) => deviceKey(parseName(name))).flatMap(pairsIn);
}

/** One pair; or, where there are several devices of a kind, those whose numbers match. */
function pairsIn(names: readonly string[]): ReaderFaces[] {
  const contacts = names.filter((name) => readerKind(name) === 'contact');
  const contactlesses = names.filter((name) => readerKind(name) === 'contactless');
  const [contact, contactless] = [contacts[0], contactlesses[0]];
  if (contact === undefined || contactless === undefined) return [];
  if (contacts.length === 1 && contactlesses.length === 1) return [{ contact, contactless }];
  const byIndex = groupBy(names, (name) => parseName(name).index ?? '');
  return byIndex.length > 1 ? byIndex.flatMap(pairsIn) : [];
}

function groupBy(names: readonly string[], keyOf: (name: string) => string): string[][] {
  const groups = new Map<string, string[]>();
  for (const name of names) groups.set(keyOf(name), [...(groups.get(keyOf(name)) ?? []), name]);
  return [...groups.values()];
}

function parseName(name: string): ReaderName {
  return (NAME.exec(name)?.groups ?? { product: name }) as unknown as ReaderName;
}

function deviceKey({ product, serial = '' }: ReaderName): string {
  const base = withLowerCaseContact(product)
    .replaceAll(FACE_WORDS, ' ')
    .replaceAll(/[\s-]+/g, ' ');
  return `${base.trim().toLowerCase()}\n${serial}`;
}

function kindOfText(text: string): ReaderKind | undefined {
  const words = withLowerCaseContact(text);
  if (SAM.test(words)) return 'sam';
  if (CONTACTLESS.test(words)) return 'contactless';
  return CONTACT.test(words) ? 'contact' : undefined;
}

/** Abbreviations are capitals; the words are written in every way. */
function withLowerCaseContact(text: string): string {
  return text.replaceAll(/contact(-?less|ed)?/gi, (word) => word.toLowerCase());
}

/** Slots of one interface bear one name: those of a dual reader are slot, antenna and security module, in this order. */
function kindOfSlot({ product, slot }: ReaderName): ReaderKind {
  if (!/\bdual\b/i.test(product)) return 'contact';
  return slot === '01' ? 'contactless' : slot === '02' ? 'sam' : 'contact';
}
