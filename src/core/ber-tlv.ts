import { MiddlewareError } from './errors.js';
import { concatBytes } from './bytes.js';

/** One BER-TLV data object (ISO/IEC 7816-4:2020 §6.3): tag as a number with its leading bytes, e.g. 0x7F49. */
export interface Tlv {
  readonly tag: number;
  readonly value: Uint8Array;
}

const malformed = (what: string): MiddlewareError => new MiddlewareError('ERR_CARD_RESPONSE', `Malformed TLV: ${what}`);

/**
 * Parses the data objects that lie one after the other in `bytes`; 00 bytes between them are padding
 * (ISO/IEC 7816-4:2020 §6.3). Values are views of the input.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on a truncated object, an indefinite or over-long length, or a tag of
 *   more than three bytes.
 */
export function parseTlvs(bytes: Uint8Array): Tlv[] {
  const found: Tlv[] = [];
  let offset = 0;
  const next = (): number => {
    const byte = bytes[offset];
    if (byte === undefined) throw malformed('truncated');
    offset += 1;
    return byte;
  };
  while (offset < bytes.length) {
    if (bytes[offset] === 0) {
      offset += 1;
      continue;
    }
    let tag = next();
    if ((tag & 0x1f) === 0x1f) {
      let last: number;
      do {
        if (tag > 0xffff) throw malformed('tag too long');
        last = next();
        tag = (tag << 8) | last;
      } while (last & 0x80);
    }
    let length = next();
    if (length === 0x80 || length > 0x84) throw malformed('length form');
    if (length > 0x80) {
      let count = length & 0x7f;
      for (length = 0; count > 0; count -= 1) length = length * 256 + next();
    }
    if (offset + length > bytes.length) throw malformed('value beyond end');
    found.push({ tag, value: bytes.subarray(offset, offset + length) });
    offset += length;
  }
  return found;
}

/** The value of the first data object with this tag, not searching inside constructed ones. */
export function findTlv(bytes: Uint8Array, tag: number): Uint8Array | undefined {
  return parseTlvs(bytes).find((tlv) => tlv.tag === tag)?.value;
}

/** Encodes one data object with the shortest length form. */
export function encodeTlv(tag: number, value: Uint8Array): Uint8Array {
  const tagBytes =
    tag > 0xffff ? [tag >> 16, (tag >> 8) & 0xff, tag & 0xff] : tag > 0xff ? [tag >> 8, tag & 0xff] : [tag];
  const n = value.length;
  const lengthBytes =
    n < 0x80
      ? [n]
      : n < 0x100
        ? [0x81, n]
        : n < 0x10000
          ? [0x82, n >> 8, n & 0xff]
          : [0x83, n >> 16, (n >> 8) & 0xff, n & 0xff];
  return concatBytes(Uint8Array.from([...tagBytes, ...lengthBytes]), value);
}
