import { encodeTlv } from '../core/ber-tlv.js';
import { concatBytes } from '../core/bytes.js';
import { derTag } from './der.js';

/** SEQUENCE of elements that are DER already. */
export function sequenceOf(...elements: readonly Uint8Array[]): Uint8Array {
  return encodeTlv(derTag.sequence, concatBytes(...elements));
}

/** SET OF, in the order that DER wants (ITU-T X.690 §11.6); another tag makes it an implicitly tagged one. */
export function setOf(elements: readonly Uint8Array[], tag: number = derTag.set): Uint8Array {
  return encodeTlv(tag, concatBytes(...elements.toSorted((a, b) => Buffer.compare(a, b))));
}

/** OBJECT IDENTIFIER from its dotted form (ITU-T X.690 §8.19). */
export function oidOf(dotted: string): Uint8Array {
  const [root = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return encodeTlv(derTag.oid, Uint8Array.from([root * 40 + second, ...rest].flatMap(base128)));
}

function base128(arc: number): number[] {
  const digits = [arc % 128];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(0x80 | (left % 128));
  return digits;
}

/** INTEGER of an unsigned big-endian number: no more leading zeros than its sign takes (ITU-T X.690 §8.3). */
export function unsignedInteger(digits: Uint8Array): Uint8Array {
  const first = digits.findIndex((digit) => digit !== 0);
  const shortest = first === -1 ? Uint8Array.of(0) : digits.subarray(first);
  const isNegative = (shortest[0] ?? 0) >= 0x80;
  return encodeTlv(derTag.integer, isNegative ? concatBytes(Uint8Array.of(0), shortest) : shortest);
}

/** OCTET STRING. */
export function octetString(bytes: Uint8Array): Uint8Array {
  return encodeTlv(derTag.octetString, bytes);
}

/** UTCTime up to 2049, then GeneralizedTime (RFC 5652 §11.3); milliseconds since the epoch, cut to whole seconds. */
export function timeOf(milliseconds: number): Uint8Array {
  const text = `${new Date(milliseconds).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  const isUtc = text < '2050';
  return encodeTlv(isUtc ? derTag.utcTime : derTag.generalizedTime, Buffer.from(isUtc ? text.slice(2) : text));
}

/** BIT STRING of whole bytes (ITU-T X.690 §8.6). */
export function bitString(bytes: Uint8Array): Uint8Array {
  return encodeTlv(derTag.bitString, concatBytes(Uint8Array.of(0), bytes));
}
