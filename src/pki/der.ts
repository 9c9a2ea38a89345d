import { MiddlewareError } from '../core/errors.js';

/** One DER element (ITU-T X.690 §8.1 and §10): its identifier octet, its contents, and all its octets. */
export interface DerElement {
  readonly tag: number;
  readonly contents: Uint8Array;
  readonly encoded: Uint8Array;
}

/** Identifier octets of the universal types that X.509 uses (ITU-T X.680 §8.4). */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The error of every malformed certificate; `what` names the part for developers. */
export function malformedCertificate(what: string): MiddlewareError {
  return new MiddlewareError('ERR_CERT_MALFORMED', `Malformed certificate: ${what}`);
}

/** Longest list of elements in one constructed value; no certificate comes near it. */
const maxElements = 64;

/**
 * The DER elements that lie one after the other in `bytes`, as views of it; does not look inside constructed ones.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED on a multi-byte tag, an indefinite or not shortest length, a value beyond
 *   the end, or more than 64 elements.
 */
export function readDer(bytes: Uint8Array): readonly DerElement[] {
  const elements: DerElement[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    if (elements.length === maxElements) throw malformedCertificate('too many elements');
    const element = readElement(bytes, offset);
    elements.push(element);
    offset += element.encoded.length;
  }
  return elements;
}

function readElement(bytes: Uint8Array, start: number): DerElement {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw malformedCertificate('tag');
  let offset = start + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 3) throw malformedCertificate('length form');
    length = 0;
    for (const byte of bytes.subarray(offset, offset + count)) length = length * 256 + byte;
    // X.690 §10.1: the shortest form, so that one certificate has one encoding.
    if (length < 0x80 || length < 256 ** (count - 1)) throw malformedCertificate('length not shortest');
    offset += count;
  }
  if (offset + length > bytes.length) throw malformedCertificate('value beyond end');
  return { tag, contents: bytes.subarray(offset, offset + length), encoded: bytes.subarray(start, offset + length) };
}

/** The contents of the one element that `bytes` must be, with this tag. */
export function readOnly(bytes: Uint8Array, tag: number, what: string): Uint8Array {
  const [element, ...rest] = readDer(bytes);
  if (rest.length > 0) throw malformedCertificate(`${what} followed by more`);
  return contentsOf(element, tag, what);
}

/** The contents of an element that must be there with this tag. */
export function contentsOf(element: DerElement | undefined, tag: number, what: string): Uint8Array {
  if (element?.tag !== tag) throw malformedCertificate(what);
  return element.contents;
}

/** Dotted form of an OBJECT IDENTIFIER's contents (X.690 §8.19). */
export function readOid(contents: Uint8Array): string {
  if (contents.length === 0 || contents.length > 32) throw malformedCertificate('OID length');
  const arcs: bigint[] = [];
  let arc = 0n;
  let open = false;
  for (const byte of contents) {
    if (!open && byte === 0x80) throw malformedCertificate('OID padding');
    arc = arc * 128n + BigInt(byte & 0x7f);
    open = (byte & 0x80) !== 0;
    if (open) continue;
    arcs.push(arc);
    arc = 0n;
  }
  if (open) throw malformedCertificate('OID truncated');
  const [head = 0n, ...tail] = arcs;
  const root = head < 80n ? head / 40n : 2n;
  return [root, head - root * 40n, ...tail].join('.');
}

/** BOOLEAN contents (X.690 §11.1: DER knows 00 and FF only). */
export function readBoolean(contents: Uint8Array): boolean {
  if (contents.length !== 1 || (contents[0] !== 0 && contents[0] !== 0xff)) throw malformedCertificate('BOOLEAN');
  return contents[0] === 0xff;
}

/** The bits of a BIT STRING as a whole number of bytes, and how many of the last byte are unused. */
export function readBitString(contents: Uint8Array): { readonly bytes: Uint8Array; readonly unused: number } {
  const unused = contents[0];
  if (unused === undefined || unused > 7 || (contents.length === 1 && unused > 0)) {
    throw malformedCertificate('BIT STRING');
  }
  return { bytes: contents.subarray(1), unused };
}

/** UTCTime or GeneralizedTime in the forms that RFC 5280 §4.1.2.5 allows, as milliseconds since the epoch. */
export function readTime(element: DerElement | undefined): number {
  const text = String.fromCharCode(...(element?.contents.subarray(0, 16) ?? []));
  const generalized = element?.tag === derTag.generalizedTime;
  if (!generalized && element?.tag !== derTag.utcTime) throw malformedCertificate('time type');
  const match = (
    generalized ? /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
  ).exec(text);
  if (!match) throw malformedCertificate('time');
  const [year = 0, month = 0, ...rest] = match.slice(1).map(Number);
  const fullYear = generalized ? year : year + (year < 50 ? 2000 : 1900);
  const [day = 0, hour = 0, minute = 0, second = 0] = rest;
  const date = new Date(0);
  date.setUTCFullYear(fullYear, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const spelt = [date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes()];
  if (spelt.join() !== [month, day, hour, minute].join() || second !== date.getUTCSeconds()) {
    throw malformedCertificate('time');
  }
  return date.getTime();
}
