import { derTag, malformedCertificate } from './der.js';

/**
 * A place in DER that moves from element to element and makes no objects, for lists of a million entries. Lengths have up
 * to four bytes.
 */
export class DerCursor {
  readonly bytes: Uint8Array;
  tag = 0;
  /** Where the element's contents begin, and where it ends. */
  contents = 0;
  end = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /**
   * Reads the header of the element at `start`, which must end by `limit`.
   *
   * @throws {MiddlewareError} ERR_CERT_MALFORMED on a multi-byte tag, an indefinite or not shortest length, or a value
   *   beyond the limit.
   */
  read(start: number, limit: number): this {
    const { bytes } = this;
    if (start + 2 > limit) throw malformedCertificate('truncated');
    const tag = bytes[start] ?? 0;
    if ((tag & 0x1f) === 0x1f) throw malformedCertificate('tag');
    let contents = start + 2;
    let length = bytes[start + 1] ?? 0;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count === 0 || count > 4 || contents + count > limit) throw malformedCertificate('length form');
      length = 0;
      for (const last = contents + count; contents < last; contents += 1)
        length = length * 256 + (bytes[contents] ?? 0);
      // X.690 §10.1: the shortest form.
      if (length < 0x80 || length < 256 ** (count - 1)) throw malformedCertificate('length not shortest');
    }
    if (contents + length > limit) throw malformedCertificate('value beyond end');
    this.tag = tag;
    this.contents = contents;
    this.end = contents + length;
    return this;
  }

  /** {@link read} of an element that must have this tag. */
  expect(tag: number, start: number, limit: number): this {
    this.read(start, limit);
    if (this.tag !== tag) throw malformedCertificate(`tag ${this.tag} in place of ${tag}`);
    return this;
  }
}

/** Whether the contents between two places are an INTEGER in its one DER form (X.690 §8.3.2) of at most 21 bytes. */
export function isSerialNumber(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length < 1 || length > 21) return false;
  if (length === 1) return true;
  const [first = 0, second = 0] = [bytes[start], bytes[start + 1]];
  return !(first === 0 && second < 0x80) && !(first === 0xff && second >= 0x80);
}

const digitsOf: Readonly<Record<number, number>> = { [derTag.utcTime]: 12, [derTag.generalizedTime]: 14 };
const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether an element is a time in a form of RFC 5280 §4.1.2.5; a 29th of February passes in any year. */
export function isTime(bytes: Uint8Array, tag: number, start: number, end: number): boolean {
  const digits = digitsOf[tag];
  if (digits === undefined || end - start !== digits + 1 || bytes[end - 1] !== 0x5a) return false;
  for (let at = start; at < end - 1; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  const pair = (back: number): number => {
    const at = end - 1 - back;
    return ((bytes[at] ?? 0) - 0x30) * 10 + ((bytes[at + 1] ?? 0) - 0x30);
  };
  const month = pair(10);
  const day = pair(8);
  return day >= 1 && day <= (daysOfMonth[month - 1] ?? 0) && pair(6) < 24 && pair(4) < 60 && pair(2) < 60;
}
