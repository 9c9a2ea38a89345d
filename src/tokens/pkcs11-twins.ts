import type { TokenEntry, TokenState } from './token-entry.js';

/** Longest slot description (PKCS#11 v2.40 §3.2, CK_SLOT_INFO): longer reader names are cut by modules. */
const descriptionBytes = 64;

/** Serial numbers that are shorter say too little. */
const shortestSerial = 8;

/**
 * The entries of a module that stand for cards of their own: those that we drive ourselves or another module shows, and
 * those that we are reading, are left out, since a card is one card to its user and our own way to it knows its
 * counters. A card that we cannot drive is left to its module.
 */
export function withoutTwins(native: readonly TokenEntry[], ofModules: readonly TokenEntry[]): readonly TokenEntry[] {
  return ofModules.filter((entry) => {
    const sameReader = inReaderOf(entry, native);
    // Where the module names the reader, that settles it: two cards may hold the same certificate.
    if (sameReader.length > 0) return !sameReader.some(({ state }) => lookedAfter.includes(state));
    return !native.some((candidate) => isSameCard(candidate, entry));
  });
}

/**
 * The entries of modules that are the card of one of ours, by the same rules. Two cards in readers that a module cannot
 * tell apart have none.
 *
 * @param native - all of ours.
 */
export function twinsOf(
  own: TokenEntry,
  native: readonly TokenEntry[],
  ofModules: readonly TokenEntry[],
): readonly TokenEntry[] {
  return ofModules.filter((entry) => {
    const sameReader = inReaderOf(entry, native);
    const same = sameReader.length > 0 ? sameReader : native.filter((candidate) => isSameCard(candidate, entry));
    return own.state === 'ready' && same.length === 1 && same[0] === own;
  });
}

const inReaderOf = ({ reader }: TokenEntry, native: readonly TokenEntry[]): readonly TokenEntry[] =>
  native.filter((candidate) => isReader(reader, candidate.reader));

/** States in which a card, or a reader that is none for cards, is not left to a module. */
const lookedAfter: readonly TokenState[] = ['ready', 'reading', 'same-card', 'skipped'];

function isReader(description: string, reader: string): boolean {
  const cut = new TextDecoder().decode(new TextEncoder().encode(reader).subarray(0, descriptionBytes)).trim();
  return description !== '' && (description === reader || description === cut);
}

function isSameCard(native: TokenEntry, ofModule: TokenEntry): boolean {
  if (native.state !== 'ready') return false;
  const ours = new Set(native.certificates?.map(({ certificate }) => certificate.fingerprint));
  if (ofModule.certificates?.some(({ certificate }) => ours.has(certificate.fingerprint)) === true) return true;
  return isSameSerial(native.token?.info.serial ?? '', ofModule.token?.info.serial ?? '');
}

/** The field of CK_TOKEN_INFO has 16 characters: modules show the end, or the beginning, of what does not fit. */
function isSameSerial(native: string, ofModule: string): boolean {
  const [long, short] = [native.toLowerCase(), ofModule.toLowerCase()];
  return short.length >= shortestSerial && (long.endsWith(short) || long.startsWith(short));
}
