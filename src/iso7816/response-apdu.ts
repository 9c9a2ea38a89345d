import { MiddlewareError } from '../core/errors.js';

/** A response APDU (ISO/IEC 7816-4:2020 §5.2): data and status word SW1-SW2. */
export interface ResponseApdu {
  readonly data: Uint8Array;
  readonly statusWord: number;
}

/**
 * Splits the bytes of an answer.
 *
 * @throws {MiddlewareError} ERR_CARD_RESPONSE on a single byte. An empty answer never gets here: a transport reports
 *   it as ERR_CARD_REMOVED.
 */
export function parseResponse(bytes: Uint8Array): ResponseApdu {
  const high = bytes.at(-2);
  const low = bytes.at(-1);
  if (high === undefined || low === undefined) {
    throw new MiddlewareError('ERR_CARD_RESPONSE', 'Answer shorter than a status word');
  }
  return { data: bytes.subarray(0, -2), statusWord: (high << 8) | low };
}

/** Status word of success. */
export const SW_OK = 0x9000;
