import { timingSafeEqual } from 'node:crypto';
import type { CardContext } from './card-context.js';
import type { PinState } from './card-state.js';
import type { ParsedCommand } from './parsed-command.js';
import { status, sw, triesLeft, type Reply } from './status-words.js';

const BLOCK = 16;
const MIN_PIN = 4;

const findPin = (card: CardContext, reference: number): PinState | undefined =>
  card.state.pins.find((pin) => pin.reference === reference);

/**
 * Takes a try and saves before comparing, as real cards do: pulling the card in between never gives a try back.
 * Undefined when the candidate is right.
 */
function refusal(card: CardContext, pin: PinState, candidate: Uint8Array): Reply | undefined {
  if (pin.triesLeft === 0) return status(sw.blocked);
  pin.triesLeft -= 1;
  card.save();
  if (!timingSafeEqual(candidate, pin.value)) return triesLeft(pin.triesLeft);
  pin.triesLeft = pin.maxTries;
  card.save();
  return undefined;
}

/**
 * VERIFY (ISO/IEC 7816-4:2020 §11.6.6), INS 20, or 21 as the vendor's own software sends it. Without data it tells the
 * state: 9000 verified, 63Cx not. P1 = FF drops the verified state of that PIN.
 */
export function verify(card: CardContext, command: ParsedCommand): Reply {
  const pin = findPin(card, command.p2);
  if (command.p1 !== 0x00 && command.p1 !== 0xff) return status(sw.badP1P2);
  if (pin === undefined) return status(sw.referenceNotFound);
  if (command.p1 === 0xff) return deauthenticate(card, pin, command);
  if (command.data.length === 0) {
    return card.volatile.verified.has(pin.reference) ? status(sw.ok) : triesLeft(pin.triesLeft);
  }
  if (command.data.length !== BLOCK) return status(sw.wrongLength);
  card.volatile.verified.delete(pin.reference);
  const refused = refusal(card, pin, command.data);
  if (refused !== undefined) return refused;
  card.volatile.verified.add(pin.reference);
  return status(sw.ok);
}

function deauthenticate(card: CardContext, pin: PinState, command: ParsedCommand): Reply {
  if (command.data.length > 0) return status(sw.wrongLength);
  card.volatile.verified.delete(pin.reference);
  return status(sw.ok);
}

/**
 * CHANGE REFERENCE DATA (ISO/IEC 7816-4:2020 §11.6.7), P1 = 00: old and new PIN, 16 bytes each. A new PIN that breaks
 * the rules costs no try; a changed PIN counts as verified.
 */
export function changeReferenceData(card: CardContext, command: ParsedCommand): Reply {
  const change = readChange(card, command);
  if ('refused' in change) return change.refused;
  const { pin, code, next } = change;
  card.volatile.verified.delete(pin.reference);
  const refused = refusal(card, pin, code);
  if (refused !== undefined) return refused;
  pin.value.set(next);
  card.save();
  card.volatile.verified.add(pin.reference);
  return status(sw.ok);
}

/** RESET RETRY COUNTER (ISO/IEC 7816-4:2020 §11.6.10), P1 = 00: PUK and new PIN. The PIN is not verified afterwards. */
export function resetRetryCounter(card: CardContext, command: ParsedCommand): Reply {
  const change = readChange(card, command);
  if ('refused' in change) return change.refused;
  const { pin, code, next } = change;
  const refused = refusal(card, card.state.puk, code);
  if (refused !== undefined) return refused;
  pin.value.set(next);
  pin.triesLeft = pin.maxTries;
  card.volatile.verified.delete(pin.reference);
  card.save();
  return status(sw.ok);
}

/** Which PIN gets which new value, and the code that allows it: P1 = 00 and two blocks. Costs no try. */
function readChange(
  card: CardContext,
  command: ParsedCommand,
): { readonly pin: PinState; readonly code: Uint8Array; readonly next: Uint8Array } | { readonly refused: Reply } {
  const pin = findPin(card, command.p2);
  if (command.p1 !== 0x00) return { refused: status(sw.badP1P2) };
  if (pin === undefined) return { refused: status(sw.referenceNotFound) };
  if (command.data.length !== 2 * BLOCK) return { refused: status(sw.wrongLength) };
  const next = command.data.subarray(BLOCK);
  if (!isAcceptablePin(next)) return { refused: status(sw.badData) };
  return { pin, code: command.data.subarray(0, BLOCK), next };
}

/** At least four bytes, then only 00 up to the end of the block. */
function isAcceptablePin(block: Uint8Array): boolean {
  const end = block.indexOf(0);
  return end === -1 || (end >= MIN_PIN && block.subarray(end).every((byte) => byte === 0));
}
