import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import { encodeCommand } from '../iso7816/command-apdu.js';
import { parseResponse, SW_OK } from '../iso7816/response-apdu.js';
import type { CardTransmitter } from '../transport/card-channel.js';
import {
  buildPinModify,
  buildPinVerify,
  PIN_PAD_SECONDS,
  type PinPadEntryOptions,
} from '../transport/pin-pad-structure.js';
import type { PinPad, ReaderFeatures } from '../transport/reader-features.js';
import type { CardPin } from './card-application.js';
import { newPinError, verifyError } from './status-words.js';

/** How a PIN is taken on a reader's keypad. */
export interface PinPadUse {
  /** Of a display, if it has one. */
  readonly language: 'sv' | 'en';
  /** Ends the wait at once; the keypad goes on until its own time is over, and the card is reset then. */
  readonly signal?: AbortSignal | undefined;
}

/** The lengths of PIN that a keypad can take; a longer one can only be typed on the computer. */
export interface PinPadLengths {
  readonly minLength: number;
  readonly maxLength: number;
}

/** After a keypad's own time; drivers wait up to 90 seconds for a command with a PIN. */
const MARGIN_MS = 40_000;

/** PC/SC part 10 (2.02.09) §2.5.2.3: answers of the reader, which has sent nothing to the card then. */
const readerAnswers = {
  timeOut: 0x6400,
  cancelled: 0x6401,
  mismatch: 0x6402,
  wrongLength: 0x6403,
  badStructure: 0x6b80,
  badInstruction: 0x6d00,
} as const;

/** What a keypad may be asked to do. */
export type PinPadOperation = 'verify' | 'change' | 'unblock';

/**
 * The code lengths that a reader's keypad takes for an operation on this PIN.
 *
 * @returns undefined where the reader has no keypad for that, or none that fits the PIN.
 */
export function pinPadLengths(
  features: ReaderFeatures,
  pin: CardPin,
  operation: PinPadOperation,
): PinPadLengths | undefined {
  const pad = features.pinPad;
  if (pad === undefined || codeOf(pad, operation) === undefined) return undefined;
  // Two PINs as they were typed, one after the other, are not to be told apart by any reader.
  if (operation !== 'verify' && pin.block.length === undefined) return undefined;
  // One range for all that is typed: PUK and PIN together.
  const formats = operation === 'unblock' && pin.puk !== undefined ? [pin.format, pin.puk.format] : [pin.format];
  const shortest = Math.min(...formats.map((format) => format.minLength));
  const longest = Math.max(...formats.map((format) => format.maxLength));
  const minLength = Math.max(shortest, pad.minPinLength ?? 0);
  const maxLength = Math.min(longest, pad.maxPinLength ?? 255, pin.block.length ?? 255);
  return minLength <= maxLength ? { minLength, maxLength } : undefined;
}

function codeOf(pad: PinPad, operation: PinPadOperation): number | undefined {
  return operation === 'verify' ? pad.verify : pad.modify;
}

/**
 * Lets the user verify a PIN on the reader's keypad, in the transaction of `card`. At most one VERIFY, which costs a try
 * when the PIN is wrong; up to 100 seconds. Never begins anew.
 *
 * @throws {PinVerificationError} on 63Cx and 6983; without a try spent: ERR_PIN_PAD_TIMEOUT, ERR_PIN_PAD_CANCELLED,
 *   ERR_PIN_MALFORMED (too short), ERR_PIN_PAD_REFUSED (the user types on the computer instead). ERR_PIN_PAD_FAILED,
 *   and everything else, leaves open whether one was.
 */
export async function verifyOnPinPad(
  card: CardTransmitter,
  features: ReaderFeatures,
  pin: CardPin,
  use: PinPadUse,
): Promise<void> {
  const { code, options } = prepare(card, features, pin, { ...use, operation: 'verify' });
  const statusWord = await runOnPinPad(card, { code, structure: buildPinVerify(options), entries: 1, use, options });
  if (statusWord !== SW_OK) throw verifyError(statusWord, pin.reference);
}

/**
 * Lets the user change a PIN on the reader's keypad: the current one, and the new one twice. One command at most; up to
 * 220 seconds.
 *
 * @throws {MiddlewareError} as {@link verifyOnPinPad}; ERR_PIN_PAD_MISMATCH (no try spent) when the new PIN was not
 *   typed twice alike; ERR_PIN_NEW_REFUSED.
 */
export async function changeOnPinPad(
  card: CardTransmitter,
  features: ReaderFeatures,
  pin: CardPin,
  use: PinPadUse,
): Promise<void> {
  const statusWord = await modifyOnPinPad(card, features, pin, { ...use, operation: 'change' });
  if (statusWord !== SW_OK) throw newPinError(statusWord, verifyError(statusWord, pin.reference));
}

/**
 * Lets the user unblock a PIN on the reader's keypad: the PUK, and the new PIN twice. As {@link changeOnPinPad}, with
 * the tries of the PUK at stake.
 */
export async function unblockOnPinPad(
  card: CardTransmitter,
  features: ReaderFeatures,
  pin: CardPin,
  use: PinPadUse,
): Promise<void> {
  if (pin.puk === undefined) throw new MiddlewareError('ERR_TOKEN_OPERATION_UNSUPPORTED', 'PIN has no PUK');
  const statusWord = await modifyOnPinPad(card, features, pin, { ...use, operation: 'unblock' });
  if (statusWord !== SW_OK) throw newPinError(statusWord, verifyError(statusWord, pin.puk.reference, 'PUK'));
}

async function modifyOnPinPad(
  card: CardTransmitter,
  features: ReaderFeatures,
  pin: CardPin,
  use: PinPadUse & { readonly operation: 'change' | 'unblock' },
): Promise<number> {
  const { code, options } = prepare(card, features, pin, use);
  const structure = buildPinModify({ ...options, blockLength: pin.block.length ?? 0 });
  return runOnPinPad(card, { code, structure, entries: 3, use, options });
}

/** ISO/IEC 7816-4:2020 §11.6.6, §11.6.7, §11.6.10: instruction, and how many codes its data holds. */
const commands: Readonly<Record<PinPadOperation, readonly [ins: number, codes: number]>> = {
  verify: [0x20, 1],
  change: [0x24, 2],
  unblock: [0x2c, 2],
};

function prepare(
  card: CardTransmitter,
  features: ReaderFeatures,
  pin: CardPin,
  { operation, language }: PinPadUse & { readonly operation: PinPadOperation },
): { readonly code: number; readonly options: PinPadEntryOptions } {
  const lengths = pinPadLengths(features, pin, operation);
  const code = features.pinPad && codeOf(features.pinPad, operation);
  if (lengths === undefined || code === undefined) throw refused('Reader has no keypad that fits');
  const [ins, codes] = commands[operation];
  const template = templateOf(card, pin, ins, codes);
  const hasDisplay = features.pinPad?.display !== undefined;
  return { code, options: { ...lengths, template, blockLength: pin.block.length, hasDisplay, language } };
}

/** The command with pad bytes where the codes go, or without data where the PIN has no block. */
function templateOf(card: CardTransmitter, pin: CardPin, ins: number, codes: number): Uint8Array {
  const data = new Uint8Array(codes * (pin.block.length ?? 0)).fill(pin.block.pad);
  return encodeCommand({ cla: 0x00, ins, p1: 0x00, p2: pin.reference, data }, card.protocol);
}

interface PinPadRun {
  readonly code: number;
  readonly structure: Uint8Array;
  readonly entries: number;
  readonly use: PinPadUse;
  readonly options: PinPadEntryOptions;
}

/** Resolves with the status word of the card. */
async function runOnPinPad(card: CardTransmitter, run: PinPadRun): Promise<number> {
  const { signal } = run.use;
  const timeoutMs = run.entries * 2 * PIN_PAD_SECONDS * 1000 + MARGIN_MS;
  const answer = await card
    .control(run.code, run.structure, { timeoutMs, ...(signal && { signal }) })
    .catch((error: unknown) => {
      throw controlError(error);
    });
  if (answer.length !== 2) throw failed(`Keypad answered ${answer.length} bytes`);
  const { statusWord } = parseResponse(answer);
  throwReaderAnswer(statusWord, run.options);
  return statusWord;
}

function controlError(error: unknown): unknown {
  if (isMiddlewareError(error, 'ERR_PCSC_CONTROL_UNSUPPORTED')) return refused('Reader has no such keypad', error);
  return isMiddlewareError(error, 'ERR_PCSC_FAILURE') ? failed('Keypad failed', error) : error;
}

function throwReaderAnswer(statusWord: number, { minLength, maxLength }: PinPadLengths): void {
  switch (statusWord) {
    case readerAnswers.timeOut:
      throw new MiddlewareError('ERR_PIN_PAD_TIMEOUT', 'No PIN was typed in time', { retriable: true });
    case readerAnswers.cancelled:
      throw new MiddlewareError('ERR_PIN_PAD_CANCELLED', 'Cancelled on the keypad', { retriable: true });
    case readerAnswers.mismatch:
      throw new MiddlewareError('ERR_PIN_PAD_MISMATCH', 'New PIN was not typed twice alike', { retriable: true });
    case readerAnswers.wrongLength:
      throw new MiddlewareError('ERR_PIN_MALFORMED', 'PIN does not have the length that this token wants', {
        fields: { minLength, maxLength, characters: 'digits' },
        retriable: true,
      });
    case readerAnswers.badStructure:
    case readerAnswers.badInstruction:
      throw refused(`Keypad answered ${statusWord.toString(16)}`);
  }
}

/** Nothing was sent to the card. */
function refused(message: string, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_PIN_PAD_REFUSED', message, { cause });
}

/** Whether anything was sent to the card is not known. */
function failed(message: string, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_PIN_PAD_FAILED', message, { cause });
}
