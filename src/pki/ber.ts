import { encodeTlv } from '../core/ber-tlv.js';
import { concatBytes } from '../core/bytes.js';
import { DerCursor } from './der-cursor.js';
import { malformedCertificate } from './der.js';

const indefinite = 0x80;
const maxDepth = 8;
/** In one such part; more is refused by whoever reads the result. */
const maxParts = 64;

/**
 * The same message with every length given (ITU-T X.690 §8.1.3.6): CMS may be BER (RFC 5652 §2), and some libraries write
 * its outer parts with indefinite lengths. What has a length is left as it is, certificates before all.
 *
 * @throws {MiddlewareError} ERR_CERT_MALFORMED for what is cut off, or more than 8 such parts deep.
 */
export function withLengths(ber: Uint8Array): Uint8Array {
  const { encoded, end } = readElement(ber, 0, 0);
  return end === ber.length ? encoded : concatBytes(encoded, ber.subarray(end));
}

function readElement(ber: Uint8Array, start: number, depth: number): { encoded: Uint8Array; end: number } {
  const [tag = 0, length] = ber.subarray(start, start + 2);
  if (length !== indefinite) {
    const { end } = new DerCursor(ber).read(start, ber.length);
    return { encoded: ber.subarray(start, end), end };
  }
  const isConstructed = (tag & 0x20) !== 0 && (tag & 0x1f) !== 0x1f;
  if (!isConstructed || depth === maxDepth) throw malformedCertificate('indefinite length');
  const parts: Uint8Array[] = [];
  let at = start + 2;
  while (ber[at] !== 0 || ber[at + 1] !== 0) {
    if (parts.length === maxParts) throw malformedCertificate('too many elements');
    const { encoded, end } = readElement(ber, at, depth + 1);
    parts.push(encoded);
    at = end;
  }
  return { encoded: encodeTlv(tag, concatBytes(...parts)), end: at + 2 };
}
