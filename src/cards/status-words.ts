import { MiddlewareError, PinVerificationError } from '../core/errors.js';
import type { PinReference } from '../model/pin.js';

/*
 * Status words other than success: ISO/IEC 7816-4:2020 §5.6, tables 6 and 7.
 */

/** End of file reached before Le bytes were read; the bytes that exist come with it. */
export const SW_END_OF_FILE = 0x6282;
/** Verification or security requirement not met. */
export const SW_SECURITY_STATUS = 0x6982;
/** The PIN is blocked. */
export const SW_BLOCKED = 0x6983;
/** Conditions of use not satisfied. */
export const SW_CONDITIONS = 0x6985;
/** Wrong data. */
export const SW_WRONG_DATA = 0x6a80;
/** Not enough memory space. */
export const SW_NO_SPACE = 0x6a84;
/** File or application not found. */
export const SW_NOT_FOUND = 0x6a82;
/** Wrong P1-P2: with READ BINARY, an offset beyond the end of the file. */
export const SW_WRONG_P1P2 = 0x6b00;

/** Bytes that GET RESPONSE would bring (61xx; 0 means 256 or more), or undefined for any other status word. */
export function bytesAvailable(statusWord: number): number | undefined {
  return statusWord >> 8 === 0x61 ? statusWord & 0xff : undefined;
}

/** The Le that the card wants (6Cxx; 0 means 256), or undefined for any other status word. */
export function correctedLe(statusWord: number): number | undefined {
  return statusWord >> 8 === 0x6c ? statusWord & 0xff || 256 : undefined;
}

/** Tries left (63Cx, in the answer to a VERIFY), or undefined for any other status word. */
export function attemptsLeft(statusWord: number): number | undefined {
  return statusWord >> 4 === 0x63c ? statusWord & 0x0f : undefined;
}

/** The error that a status word other than success means, for every command that carries no PIN. */
export function statusError(statusWord: number, command: string): MiddlewareError {
  const fields = { statusWord: statusWord.toString(16).padStart(4, '0'), command };
  switch (statusWord) {
    case SW_SECURITY_STATUS:
      return new MiddlewareError('ERR_CARD_SECURITY_STATUS', 'Security status not satisfied', { fields });
    case SW_NO_SPACE:
      return new MiddlewareError('ERR_CARD_FULL', 'Not enough memory', { fields });
    case SW_NOT_FOUND:
      return new MiddlewareError('ERR_CARD_FILE_NOT_FOUND', 'File or application not found', { fields });
    default:
      return new MiddlewareError('ERR_CARD_STATUS', 'Card refused the command', { fields });
  }
}

/**
 * The error that a status word other than success means in the answer to a command with a PIN or PUK. Only 63Cx is a
 * wrong one and only 63C0 and 6983 are a blocked one; everything else leaves open whether the card counted a try.
 */
export function verifyError(statusWord: number, reference: PinReference, code: 'PIN' | 'PUK' = 'PIN'): MiddlewareError {
  const left = statusWord === SW_BLOCKED ? 0 : attemptsLeft(statusWord);
  return left === undefined ? statusError(statusWord, 'VERIFY') : new PinVerificationError(reference, left, code);
}

/** The same for a command that also brings a new PIN, which the card may not like. */
export function newPinError(statusWord: number, otherwise: MiddlewareError): MiddlewareError {
  if (statusWord !== SW_WRONG_DATA && statusWord !== SW_CONDITIONS) return otherwise;
  return new MiddlewareError('ERR_PIN_NEW_REFUSED', 'Card refuses the new PIN', { fields: otherwise.fields });
}
