import { wipeableBytes, type Secret } from '../../core/secret.js';
import type { PinReference, RetryCounter } from '../../model/pin.js';
import { SW_OK } from '../../iso7816/response-apdu.js';
import type { ApduExchange } from '../apdu-exchange.js';
import { attemptsLeft, statusError, SW_BLOCKED, verifyError } from '../status-words.js';

/** The PIN block of the 840 and 940: ASCII, padded with 00. */
const PIN_BLOCK = 16;

/**
 * A PIN's retry counter, by a VERIFY without data (ISO/IEC 7816-4:2020 §11.6.6). One command, no try.
 *
 * @returns `attemptsRemaining` undefined when the PIN is verified already: the card then does not tell.
 * @throws {MiddlewareError} by status word.
 */
export async function readRetryCounter(exchange: ApduExchange, pin: PinReference): Promise<RetryCounter> {
  const { statusWord } = await exchange.send({ cla: 0x00, ins: 0x20, p1: 0x00, p2: pin });
  if (statusWord === SW_OK) return { reference: pin, attemptsRemaining: undefined, blocked: false };
  const left = statusWord === SW_BLOCKED ? 0 : attemptsLeft(statusWord);
  if (left === undefined) throw statusError(statusWord, 'VERIFY without data');
  return { reference: pin, attemptsRemaining: left, blocked: left === 0 };
}

/**
 * Verifies a PIN (VERIFY, ISO/IEC 7816-4:2020 §11.6.6). One command, which costs a try when the PIN is wrong, and may
 * have cost one when this throws anything else. Leaves no copy of the PIN behind.
 *
 * @throws {PinVerificationError} on 63Cx and 6983; other {@link MiddlewareError}s by status word.
 */
export async function verifyPin(exchange: ApduExchange, pin: PinReference, value: Secret): Promise<void> {
  const data = wipeableBytes(PIN_BLOCK);
  try {
    value.use((bytes) => data.set(bytes));
    const { statusWord } = await exchange.send({ cla: 0x00, ins: 0x20, p1: 0x00, p2: pin, data }, { sensitive: true });
    if (statusWord !== SW_OK) throw verifyError(statusWord, pin);
  } finally {
    data.fill(0);
  }
}

/**
 * Makes the card forget that a PIN was verified (P1 = FF, ISO/IEC 7816-4:2020 §11.6.6; these cards' middleware uses
 * INS 21). One command.
 *
 * @returns false when the card does not know the command; only a reset helps then.
 */
export async function dropPin(exchange: ApduExchange, pin: PinReference): Promise<boolean> {
  return (await exchange.send({ cla: 0x00, ins: 0x21, p1: 0xff, p2: pin })).statusWord === SW_OK;
}
