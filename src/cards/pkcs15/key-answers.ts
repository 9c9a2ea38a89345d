import { MiddlewareError } from '../../core/errors.js';
import { statusError } from '../status-words.js';

/** No rights; no such key; chaining or extended length refused: nothing that the cryptogram could be blamed for. */
const notTheCryptogram: ReadonlySet<number> = new Set([0x6700, 0x6884, 0x6982, 0x6a81, 0x6a82, 0x6a88, 0x6d00, 0x6e00]);

/** What a refused DECIPHER means: where it could be the padding, it is said in one way, so that nobody can ask the card. */
export function cryptogramError(statusWord: number): MiddlewareError {
  if (notTheCryptogram.has(statusWord)) return statusError(statusWord, 'PSO decipher');
  return new MiddlewareError('ERR_TOKEN_CRYPTOGRAM', 'Card cannot decipher this');
}

/**
 * A signature of the length that its key makes.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on any other.
 */
export function expectLength(signature: Uint8Array, length: number): Uint8Array {
  if (signature.length === length) return signature;
  throw new MiddlewareError('ERR_CARD_RESPONSE', 'Signature of unexpected length', {
    fields: { length: signature.length, expected: length },
  });
}
