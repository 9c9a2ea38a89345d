import { encodeTlv } from '../../core/ber-tlv.js';
import { concatBytes } from '../../core/bytes.js';
import type { PinBlock } from './pin-block.js';
import { MIN_PIN } from './pin-block.js';

/* The entries of a PKCS #15 card's directory files: ISO/IEC 7816-15:2016 §8 and its ASN.1 module in annex A. */

const sequence = (...parts: Uint8Array[]): Uint8Array => encodeTlv(0x30, concatBytes(...parts));
const utf8 = (text: string): Uint8Array => encodeTlv(0x0c, Buffer.from(text, 'utf8'));
const octets = (value: Uint8Array): Uint8Array => encodeTlv(0x04, value);
const NATIVE_FALSE = encodeTlv(0x01, Uint8Array.of(0));

/** The shortest two's complement (X.690 §8.3). */
function integer(value: number, tag = 0x02): Uint8Array {
  const bytes = [value & 0xff];
  for (let rest = value >> 8; rest > 0; rest >>= 8) bytes.unshift(rest & 0xff);
  return encodeTlv(tag, Uint8Array.from((bytes[0] ?? 0) & 0x80 ? [0, ...bytes] : bytes));
}

/** A named-bit list: bit 0 first, no trailing zero bits (X.690 §11.2.2). */
export function bitString(bits: readonly number[]): Uint8Array {
  const last = Math.max(...bits);
  const bytes = new Uint8Array((last >> 3) + 1);
  for (const bit of bits) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return encodeTlv(0x03, concatBytes(Uint8Array.of(7 - (last & 7)), bytes));
}

/** Path: identifiers from the root on (§8.2.2). */
function path(...identifiers: readonly number[]): Uint8Array {
  return sequence(octets(Uint8Array.from(identifiers.flatMap((fid) => [fid >> 8, fid & 0xff]))));
}

/** CommonObjectFlags: private, modifiable. */
const privateFlags = bitString([0, 1]);
const publicFlags = bitString([1]);

/** Where an object is: in a file of the application, or for keys without file the application itself. */
const located = (file: number | undefined): Uint8Array => path(0x3f00, 0x5015, ...(file === undefined ? [] : [file]));

/** ODF entry (§8.3): the kind of objects as a tag, and the file that lists them. */
export const odfEntry = (tag: number, file: number): Uint8Array => encodeTlv(tag, located(file));

/** EF.DIR entry (ISO/IEC 7816-4:2020 §12.2.2): application identifier, label, path. */
export function dirEntry(aid: Uint8Array, label: string): Uint8Array {
  const where = Uint8Array.of(0x3f, 0x00, 0x50, 0x15);
  const text = Buffer.from(label, 'utf8');
  return encodeTlv(0x61, concatBytes(encodeTlv(0x4f, aid), encodeTlv(0x50, text), encodeTlv(0x51, where)));
}

export interface TokenInfoFields {
  readonly serial: Uint8Array;
  readonly manufacturer: string;
  readonly label: string;
  readonly lastUpdate: Date;
}

/** TokenInfo (§8.11): version 1, flag eidCompliant, time of the last update. */
export function tokenInfo({ serial, manufacturer, label, lastUpdate }: TokenInfoFields): Uint8Array {
  const time = `${lastUpdate.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  return sequence(
    integer(0),
    octets(serial),
    utf8(manufacturer),
    encodeTlv(0x80, Buffer.from(label, 'utf8')),
    bitString([3]),
    encodeTlv(0xa5, encodeTlv(0x18, Buffer.from(time, 'ascii'))),
  );
}

export interface PinEntry {
  readonly label: string;
  readonly authId: number;
  readonly reference: number;
  readonly block: PinBlock;
}

/** AODF entry (§8.10.2): a case-sensitive, initialized, padded PIN of ASCII digits. */
export function pinEntry({ label, authId, reference, block }: PinEntry): Uint8Array {
  const lengths = [integer(MIN_PIN), integer(block.length), integer(block.length)];
  const attributes = sequence(
    bitString([0, 4, 5]),
    encodeTlv(0x0a, Uint8Array.of(1)),
    ...lengths,
    integer(reference, 0x80),
    octets(Uint8Array.of(block.padding)),
  );
  return sequence(
    sequence(utf8(label), privateFlags),
    sequence(octets(Uint8Array.of(authId))),
    encodeTlv(0xa1, attributes),
  );
}

export interface KeyEntry {
  readonly type: 'rsa' | 'ec';
  readonly label: string;
  readonly id: Uint8Array;
  /** Bits of modulus or field. */
  readonly bits: number;
  /** KeyUsageFlags, by bit. */
  readonly usage: readonly number[];
  /** The object's file; a private key that lies outside the file system has none. */
  readonly file: number | undefined;
}

export interface PrivateKeyEntry extends KeyEntry {
  readonly authId: number;
  readonly reference: number;
  /** Whether each use wants the PIN anew. */
  readonly userConsent: boolean;
}

/** The choice that an RSA key is untagged and an EC key is [0]. */
const keyTag = (type: KeyEntry['type']): number => (type === 'rsa' ? 0x30 : 0xa0);

/** PrKDF entry (§8.4): sensitive. */
export function privateKeyEntry(key: PrivateKeyEntry): Uint8Array {
  const authId = octets(Uint8Array.of(key.authId));
  const consent = key.userConsent ? [integer(1)] : [];
  const common = sequence(utf8(key.label), privateFlags, authId, ...consent);
  const about = sequence(octets(key.id), bitString(key.usage), bitString([0]), integer(key.reference));
  const own = encodeTlv(0xa1, sequence(located(key.file), integer(key.bits)));
  return encodeTlv(keyTag(key.type), concatBytes(common, about, own));
}

/** PuKDF entry (§8.5): not on the chip but in a file. */
export function publicKeyEntry(key: KeyEntry): Uint8Array {
  const common = sequence(utf8(key.label), publicFlags);
  const about = sequence(octets(key.id), bitString(key.usage), NATIVE_FALSE, integer(0));
  const own = encodeTlv(0xa1, sequence(located(key.file), ...(key.type === 'rsa' ? [integer(key.bits)] : [])));
  return encodeTlv(keyTag(key.type), concatBytes(common, about, own));
}

/** CDF entry (§8.7): an X.509 certificate in a file; `authority` for those of issuers. */
export function certificateEntry(label: string, id: Uint8Array, file: number, authority: boolean): Uint8Array {
  return sequence(
    sequence(utf8(label), publicFlags),
    sequence(octets(id), ...(authority ? [encodeTlv(0x01, Uint8Array.of(0xff))] : [])),
    encodeTlv(0xa1, sequence(located(file))),
  );
}
