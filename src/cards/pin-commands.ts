import { MiddlewareError } from '../core/errors.js';
import { wipeableBytes, type Secret } from '../core/secret.js';
import type { CommandApdu } from '../iso7816/command-apdu.js';
import { SW_OK } from '../iso7816/response-apdu.js';
import type { RetryCounter } from '../model/pin.js';
import type { ApduExchange } from './apdu-exchange.js';
import type { CardPin, PinBlock } from './card-application.js';
import { attemptsLeft, newPinError, statusError, SW_BLOCKED, verifyError } from './status-words.js';

/*
 * Every family of cards spells these commands alike (ISO/IEC 7816-4:2020 §11.6.6, §11.6.7 and §11.6.10); they differ in
 * P2 and in the padding of the PIN.
 */
const VERIFY = 0x20;
const CHANGE_REFERENCE_DATA = 0x24;
const RESET_RETRY_COUNTER = 0x2c;

/**
 * A retry counter, by a VERIFY without data. One command, no try.
 *
 * @returns `attemptsRemaining` undefined when the PIN is verified already: the card then does not tell.
 * @throws {MiddlewareError} by status word.
 */
export async function readRetryCounter(
  exchange: ApduExchange,
  { reference }: Pick<CardPin, 'reference'>,
): Promise<RetryCounter> {
  const { statusWord } = await exchange.send({ cla: 0x00, ins: VERIFY, p1: 0x00, p2: reference });
  if (statusWord === SW_OK) return { reference, attemptsRemaining: undefined, blocked: false };
  const left = statusWord === SW_BLOCKED ? 0 : attemptsLeft(statusWord);
  if (left === undefined) throw statusError(statusWord, 'VERIFY without data');
  return { reference, attemptsRemaining: left, blocked: left === 0 };
}

/** The counters of these PINs, from the card; for a card that is verified, without a number. One command each. */
export async function readRetryCounters(
  exchange: ApduExchange,
  pins: readonly Pick<CardPin, 'reference'>[],
): Promise<readonly RetryCounter[]> {
  const counters: RetryCounter[] = [];
  for (const pin of pins) counters.push(await readRetryCounter(exchange, pin));
  return counters;
}

/**
 * Verifies a PIN. One command, which costs a try when the PIN is wrong, and may have cost one when this throws anything
 * else. Leaves no copy of the PIN behind.
 *
 * @throws {PinVerificationError} on 63Cx and 6983; other {@link MiddlewareError}s by status word.
 */
export async function verifyPin(exchange: ApduExchange, pin: CardPin, value: Secret): Promise<void> {
  const statusWord = await sendCodes(exchange, pinCommand(VERIFY, pin), pin.block, [value]);
  if (statusWord !== SW_OK) throw verifyError(statusWord, pin.reference);
}

/**
 * Changes a PIN. One command, which costs a try when the current PIN is wrong.
 *
 * @throws {PinVerificationError} when the current PIN is wrong or blocked; ERR_PIN_NEW_REFUSED when the card does not
 *   accept the new one; other {@link MiddlewareError}s by status word.
 */
export async function changePin(exchange: ApduExchange, pin: CardPin, current: Secret, next: Secret): Promise<void> {
  const statusWord = await sendCodes(exchange, pinCommand(CHANGE_REFERENCE_DATA, pin), pin.block, [current, next]);
  if (statusWord !== SW_OK) throw newPinError(statusWord, verifyError(statusWord, pin.reference));
}

/**
 * Unblocks a PIN with its PUK and sets a new one. One command, which costs a try of the PUK when that is wrong.
 *
 * @throws {PinVerificationError} of the PUK; ERR_PIN_NEW_REFUSED; other {@link MiddlewareError}s by status word.
 */
export async function unblockPin(exchange: ApduExchange, pin: CardPin, puk: Secret, next: Secret): Promise<void> {
  if (pin.puk === undefined) throw new MiddlewareError('ERR_TOKEN_OPERATION_UNSUPPORTED', 'PIN has no PUK');
  const statusWord = await sendCodes(exchange, pinCommand(RESET_RETRY_COUNTER, pin), pin.block, [puk, next]);
  if (statusWord !== SW_OK) throw newPinError(statusWord, verifyError(statusWord, pin.puk.reference, 'PUK'));
}

function pinCommand(ins: number, pin: CardPin): CommandApdu {
  return { cla: 0x00, ins, p1: 0x00, p2: pin.reference };
}

/** Sends the codes one after the other, each in a block of its own. */
async function sendCodes(
  exchange: ApduExchange,
  command: CommandApdu,
  block: PinBlock,
  codes: readonly Secret[],
): Promise<number> {
  const lengths = codes.map((code) => block.length ?? code.length);
  const data = wipeableBytes(lengths.reduce((total, length) => total + length, 0));
  try {
    let offset = 0;
    for (const [index, code] of codes.entries()) {
      const end = offset + (lengths[index] ?? 0);
      data.fill(block.pad, offset, end);
      code.use((bytes) => data.set(bytes, offset));
      offset = end;
    }
    return (await exchange.send({ ...command, data }, { sensitive: true })).statusWord;
  } finally {
    data.fill(0);
  }
}
