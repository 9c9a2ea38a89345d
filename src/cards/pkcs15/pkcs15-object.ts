import { parseTlvs, type Tlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import { childrenOf, malformed, objectLength, tags, textOf, valueOf } from './der.js';
import { parsePath, type FilePath } from './file-path.js';

/** One entry of a directory file: PKCS15Object / CIO (ISO/IEC 7816-15:2016 §8.3), split but not yet understood. */
export interface Pkcs15Object {
  /** Tells the kind apart: SEQUENCE for the plain one (RSA key, PIN, X.509 certificate), A0 and up for the others. */
  readonly tag: number;
  readonly label: string | undefined;
  /** Which PIN opens it. */
  readonly authId: Uint8Array | undefined;
  /** Over 0: the PIN is wanted anew for each use. */
  readonly userConsent: number;
  /** CommonKeyAttributes, CommonCertificateAttributes and so on. */
  readonly classAttributes: readonly Tlv[];
  /** What is special to the kind; from the SEQUENCE inside tag [1]. */
  readonly typeAttributes: readonly Tlv[];
}

/** Entries that a directory may have; more than any card has, less than would keep us busy. */
const MAX_ENTRIES = 256;

/** The entries that lie one after the other in the used part of a directory file. */
export interface DirectoryEntries {
  readonly entries: readonly Uint8Array[];
  /** Bytes that the entries take, from the beginning. */
  readonly used: number;
  /** Set while more bytes are needed to tell the end: so many in all, if known. */
  readonly wanted: number | undefined;
  /** Nothing but padding follows the entries: what is there may be added to. */
  readonly intact: boolean;
}

/**
 * Finds the entries of a directory file. They end at the first 00 (what follows is padding) or at the end of the file;
 * an entry that claims to go on beyond `limit` ends them too.
 */
export function splitDirectory(bytes: Uint8Array, limit: number): DirectoryEntries {
  const entries: Uint8Array[] = [];
  let used = 0;
  const result = (intact: boolean, wanted?: number): DirectoryEntries => ({ entries, used, wanted, intact });
  while (entries.length < MAX_ENTRIES) {
    if (used >= bytes.length) return result(true, bytes.length < limit ? bytes.length + 1 : undefined);
    if (bytes[used] === 0) return result(true);
    const length = objectLength(bytes, used);
    if (length === undefined) {
      const cut = bytes.length - used < 5 && bytes.length < limit;
      return result(false, cut ? Math.min(limit, used + 5) : undefined);
    }
    if (used + length > limit) break;
    if (used + length > bytes.length) return result(false, used + length);
    entries.push(bytes.subarray(used, used + length));
    used += length;
  }
  return result(false);
}

/**
 * Reads an entry's common part (ISO/IEC 7816-15:2016 §8.2.9, CommonObjectAttributes).
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE when it has not the form of an entry.
 */
export function parseObject(entry: Uint8Array): Pkcs15Object {
  const [outer] = parseTlvs(entry);
  if (outer === undefined) throw malformed('empty entry');
  const parts = parseTlvs(outer.value);
  const [common, attributes] = parts.filter(({ tag }) => tag === tags.sequence);
  if (common === undefined || attributes === undefined) throw malformed('entry without its attributes');
  const commonObjects = parseTlvs(common.value);
  const consent = valueOf(commonObjects, tags.integer);
  return {
    tag: outer.tag,
    label: textOf(valueOf(commonObjects, tags.utf8String)),
    authId: valueOf(commonObjects, tags.octetString),
    userConsent: consent?.find((byte) => byte !== 0) ?? 0,
    classAttributes: parseTlvs(attributes.value),
    typeAttributes: childrenOf(childrenOf(parts, tags.constructed(1), 'type'), tags.sequence, 'type'),
  };
}

/** Where an entry's value lies: in a file, or in the entry itself. */
export type ObjectValue = { readonly file: FilePath } | { readonly direct: Uint8Array };

/**
 * ObjectValue (ISO/IEC 7816-15:2016 §8.2.8): the first member of the type attributes.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on a form that we cannot follow, e.g. a URL.
 */
export function objectValue([first]: readonly Tlv[]): ObjectValue {
  if (first?.tag === tags.sequence) return { file: parsePath(first.value) };
  if (first?.tag === tags.constructed(0)) return { direct: directValue(first.value) };
  throw malformed('value');
}

/** Some write the whole value inside the tag, others let the tag stand for the value's own SEQUENCE. */
function directValue(value: Uint8Array): Uint8Array {
  if (value[0] === tags.sequence && objectLength(value) === value.length) return value;
  const { length } = value;
  const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return concatBytes(Uint8Array.of(tags.sequence, ...header), value);
}
