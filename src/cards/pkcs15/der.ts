import { parseTlvs, type Tlv } from '../../core/ber-tlv.js';
import { MiddlewareError } from '../../core/errors.js';

/*
 * The little ASN.1 that a card's directories need (ITU-T X.690). Nothing here trusts a length: what lies outside is
 * reported, never read.
 */

/** Universal tags, and the context-specific constructed ones by number. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  enumerated: 0x0a,
  utf8String: 0x0c,
  generalizedTime: 0x18,
  sequence: 0x30,
  context: (number: number): number => 0x80 | number,
  constructed: (number: number): number => 0xa0 | number,
} as const;

/** Bytes of the data object that begins at `offset`, header included; undefined while its header is incomplete or wrong. */
export function objectLength(bytes: Uint8Array, offset = 0): number | undefined {
  const first = bytes[offset + 1];
  if (first === undefined || (bytes[offset] ?? 0) % 0x20 === 0x1f) return undefined;
  if (first < 0x80) return 2 + first;
  const count = first & 0x7f;
  if (count === 0 || count > 3 || offset + 2 + count > bytes.length) return undefined;
  let length = 0;
  for (const digit of bytes.subarray(offset + 2, offset + 2 + count)) length = length * 256 + digit;
  return 2 + count + length;
}

/** The error for contents that make no sense. */
export function malformed(what: string): MiddlewareError {
  return new MiddlewareError('ERR_CARD_RESPONSE', `Malformed PKCS#15 data: ${what}`);
}

/** The value of the first object with this tag. */
export function valueOf(objects: readonly Tlv[], tag: number): Uint8Array | undefined {
  return objects.find((object) => object.tag === tag)?.value;
}

/**
 * The objects inside the first object with this tag.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE when it is missing or broken.
 */
export function childrenOf(objects: readonly Tlv[], tag: number, what: string): Tlv[] {
  const value = valueOf(objects, tag);
  if (value === undefined) throw malformed(`${what} is missing`);
  return parseTlvs(value);
}

/**
 * A small INTEGER or ENUMERATED that is not negative.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE when it is empty, negative or over 2^31.
 */
export function smallNumber(value: Uint8Array): number {
  if (value.length === 0 || value.length > 5 || (value[0] ?? 0) >= 0x80) throw malformed('number');
  const number = value.reduce((sum, digit) => sum * 256 + digit, 0);
  if (number > 0x7fff_ffff) throw malformed('number');
  return number;
}

/** As {@link smallNumber}, of the first object with this tag; undefined when there is none. */
export function optionalNumber(objects: readonly Tlv[], tag: number): number | undefined {
  const value = valueOf(objects, tag);
  return value === undefined ? undefined : smallNumber(value);
}

/** The numbers of the bits that a BIT STRING sets; bit 0 is the highest of the first byte (ITU-T X.690 §8.6). */
export function setBits(value: Uint8Array | undefined): ReadonlySet<number> {
  const bits = new Set<number>();
  for (const [index, byte] of (value ?? new Uint8Array()).subarray(1, 5).entries()) {
    for (let bit = 0; bit < 8; bit += 1) if (byte & (0x80 >> bit)) bits.add(index * 8 + bit);
  }
  return bits;
}

/** Text of a UTF8String, made safe to show and short; undefined when nothing is left. */
export function textOf(value: Uint8Array | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = Buffer.from(value.subarray(0, 255)).toString('utf8').replaceAll(/\p{C}/gu, '').trim();
  return text === '' ? undefined : text;
}
