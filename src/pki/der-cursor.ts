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

/**
 * A time in a form of RFC 5280 §4.1.2.5 as seconds since the epoch, without an object.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED.
 */
export function readSeconds(bytes: Uint8Array, tag: number, start: number, end: number): number {
  const digits = digitsOf[tag];
  if (digits === undefined || end - start !== digits + 1 || bytes[end - 1] !== 0x5a) throw malformedCertificate('time');
  for (let at = start; at < end - 1; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x30 || byte > 0x39) throw malformedCertificate('time');
  }
  const year = digits === 12 ? pair(bytes, start) : pair(bytes, start) * 100 + pair(bytes, start + 2);
  const fullYear = digits === 14 ? year : year + (year < 50 ? 2000 : 1900);
  const month = pair(bytes, end - 11);
  const day = pair(bytes, end - 9);
  const [hour, minute, second] = [pair(bytes, end - 7), pair(bytes, end - 5), pair(bytes, end - 3)];
  if (hour > 23 || minute > 59 || second > 59) throw malformedCertificate('time');
  return daysSinceEpoch(fullYear, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
}

const pair = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) - 0x30) * 10 + ((bytes[at + 1] ?? 0) - 0x30);

const daysOfMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const daysBefore = daysOfMonth.map((_, month) => daysOfMonth.slice(0, month).reduce((sum, days) => sum + days, 0));

function daysSinceEpoch(year: number, month: number, day: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const longest = (daysOfMonth[month - 1] ?? 0) + (isLeap && month === 2 ? 1 : 0);
  if (day < 1 || day > longest) throw malformedCertificate('time');
  const last = year - 1;
  const leapDays = Math.floor(last / 4) - Math.floor(last / 100) + Math.floor(last / 400) - 477;
  return (year - 1970) * 365 + leapDays + (daysBefore[month - 1] ?? 0) + (isLeap && month > 2 ? 1 : 0) + day - 1;
}
