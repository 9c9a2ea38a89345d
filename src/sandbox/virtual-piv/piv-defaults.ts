import { fromHex } from '../../core/bytes.js';
import { MiddlewareError } from '../../core/errors.js';
import { wipeableBytes } from '../../core/secret.js';
import type { PivCodeState } from './piv-card-state.js';

/** What YubiKeys are delivered with: PIN 123456, PUK 12345678; public knowledge, no secrets. */
export const defaultPin = fromHex('313233343536');
export const defaultPuk = fromHex('3132333435363738');
/** 3DES, or AES-192. */
export const defaultManagementKey = fromHex('0102030405060708 0102030405060708 0102030405060708');

/**
 * A code with all its tries, padded with FF; the bytes are copied.
 *
 * @throws {MiddlewareError} ERR_USAGE unless it has 6 to 8 bytes.
 */
export function newCode(code: Uint8Array, tries: number): PivCodeState {
  if (code.length < 6 || code.length > 8) {
    throw new MiddlewareError('ERR_USAGE', 'Virtual PIV card: a PIN or PUK has 6 to 8 bytes');
  }
  const value = wipeableBytes(8).fill(0xff);
  value.set(code);
  return { maxTries: tries, triesLeft: tries, value };
}
