import { deflateSync, inflateSync } from 'node:zlib';
import { concatBytes } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';

/** READ BINARY offsets end here (ISO/IEC 7816-4:2020 §11.3.3: bit 8 of P1 would mean a short file identifier). */
export const MAX_CERTIFICATE_FILE = 0x7fff;

const malformed = (what: string, cause?: unknown): MiddlewareError =>
  new MiddlewareError('ERR_CARD_RESPONSE', `Malformed certificate file: ${what}`, {
    fields: { file: 'certificate' },
    cause,
  });

/**
 * The DER of a certificate file: bare, or `01 00`, the uncompressed length (two bytes, little-endian, so at most
 * 65 535) and a zlib stream (RFC 1950); Windows Smart Card Minidriver Specification 7.07, certificate files. Padding
 * after either is cut off. Inflating stops at the declared length, so a bomb costs no more than an honest file.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on anything else, a stream that ends early or is longer than declared.
 */
export function parseCertificateFile(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MAX_CERTIFICATE_FILE) throw malformed('too long');
  if (bytes[0] === 0x30) return cutToDer(bytes);
  if (bytes[0] !== 0x01 || bytes[1] !== 0x00) throw malformed('unknown form');
  const [low = 0, high = 0] = bytes.subarray(2, 4);
  return cutToDer(inflateExactly(bytes.subarray(4), low | (high << 8)));
}

/**
 * The compressed form, which all readers understand.
 *
 * @throws {MiddlewareError} ERR_CARD_FULL for a certificate that no file can hold.
 */
export function encodeCertificateFile(der: Uint8Array): Uint8Array {
  const file = concatBytes(Uint8Array.of(0x01, 0x00, der.length & 0xff, der.length >> 8), deflateSync(der));
  if (der.length <= 0xffff && file.length <= MAX_CERTIFICATE_FILE) return file;
  throw new MiddlewareError('ERR_CARD_FULL', 'Certificate is too long for a file', { fields: { length: der.length } });
}

function inflateExactly(stream: Uint8Array, length: number): Uint8Array {
  if (length === 0) throw malformed('empty');
  let inflated: Uint8Array;
  try {
    inflated = inflateSync(stream, { maxOutputLength: length });
  } catch (error) {
    throw malformed('compressed data', error);
  }
  if (inflated.length !== length) throw malformed('length differs from the declared one');
  return inflated;
}

/** The one SEQUENCE at the start (ITU-T X.690 §8.1.3, definite lengths of up to two bytes). */
function cutToDer(bytes: Uint8Array): Uint8Array {
  const [tag, first, second = 0, third = 0] = bytes;
  if (tag !== 0x30 || first === undefined) throw malformed('not a SEQUENCE');
  const [header, length] = first < 0x80 ? [2, first] : first === 0x81 ? [3, second] : [4, (second << 8) | third];
  if (first > 0x82 || first === 0x80 || header + length > bytes.length) throw malformed('SEQUENCE length');
  return bytes.slice(0, header + length);
}
