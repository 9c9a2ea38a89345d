import { findTlv, parseTlvs } from '../core/ber-tlv.js';
import { MiddlewareError } from '../core/errors.js';

/**
 * r and s of fixed length, one after the other, from the DER that some cards answer: Ecdsa-Sig-Value (RFC 3279 §2.2.3).
 *
 * @param length bytes of the result: twice the field's.
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on anything else, or numbers that do not fit.
 */
export function ecdsaFromDer(der: Uint8Array, length: number): Uint8Array {
  const numbers = parseTlvs(findTlv(der, 0x30) ?? new Uint8Array());
  if (numbers.length !== 2 || numbers.some(({ tag }) => tag !== 0x02)) throw malformed('form');
  const signature = new Uint8Array(length);
  const half = length / 2;
  for (const [index, { value }] of numbers.entries()) {
    const start = value.findIndex((byte) => byte !== 0);
    const digits = start === -1 ? new Uint8Array() : value.subarray(start);
    if (digits.length === 0 || digits.length > half) throw malformed('number');
    signature.set(digits, (index + 1) * half - digits.length);
  }
  return signature;
}

function malformed(what: string): MiddlewareError {
  return new MiddlewareError('ERR_CARD_RESPONSE', `Malformed ECDSA signature: ${what}`);
}
