/*
 * PC/SC tells of a reader little more than its name. These are the words that makers, Windows and libccid put there:
 * `Maker Product [Interface] (serial) 01 00` on Linux and macOS, `Maker Product 0` on Windows.
 */

/**
 * What a reader takes: a card in a slot, a card held near; `virtual` has no card that somebody can hold, `sam` is the
 * slot of a security module inside a reader.
 */
export type ReaderKind = 'contact' | 'contactless' | 'virtual' | 'sam';

/** Keys of Windows itself and of a SIM, shown as readers that always hold a card. */
const virtualNames = /^(Windows Hello|Microsoft Virtual Smart ?Card|Microsoft UICC)\b/i;

const SAM = /\bSAM\b/;
const CONTACTLESS = /contact-?less|\b(PICC|CL|NFC|RFID|FeliCa|PaSoRi)\b|\dCL\b|\bSCL\d/;
const CONTACT = /contact(?!-?less)|\bICC\b/;

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

function parseName(name: string): ReaderName {
  return (NAME.exec(name)?.groups ?? { product: name }) as unknown as ReaderName;
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
