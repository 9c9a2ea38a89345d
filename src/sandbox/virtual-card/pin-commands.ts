import type { CardContext } from './card-context.js';
import type { PinState } from './card-state.js';
import type { ParsedCommand } from './parsed-command.js';
import { isAcceptablePin, isPinLength, isSamePin, splitPins, type PinPair } from './pin-block.js';
import { refusal } from './retry-counter.js';
import { status, sw, triesLeft, type Reply } from './status-words.js';

const findPin = (card: CardContext, reference: number): PinState | undefined =>
  card.state.pins.find((pin) => pin.reference === reference);

const compare = (card: CardContext, pin: PinState, candidate: Uint8Array): Reply | undefined =>
  refusal(card, pin, () => isSamePin(card.model.pinBlock, candidate, pin.value));

/**
 * VERIFY (ISO/IEC 7816-4:2020 §11.6.6), INS 20, or 21 as the vendor's own software sends it. Without data it tells the
 * state: 9000 verified, 63Cx not. P1 = FF drops the verified state of that PIN. A PIN in the other form, padded or not,
 * is a wrong PIN and costs a try.
 */
export function verify(card: CardContext, command: ParsedCommand): Reply {
  const pin = findPin(card, command.p2);
  if (command.p1 !== 0x00 && command.p1 !== 0xff) return status(sw.badP1P2);
  if (pin === undefined) return status(sw.referenceNotFound);
  if (command.p1 === 0xff) return deauthenticate(card, pin, command);
  if (command.data.length === 0) {
    return card.volatile.verified.has(pin.reference) ? status(sw.ok) : triesLeft(pin.triesLeft);
  }
  if (!isPinLength(command.data.length)) return status(sw.wrongLength);
  card.volatile.verified.delete(pin.reference);
  const refused = compare(card, pin, command.data);
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
 * CHANGE REFERENCE DATA (ISO/IEC 7816-4:2020 §11.6.7), P1 = 00: old and new PIN. After the right old PIN, a new one that
 * breaks the rules costs no try; a changed PIN counts as verified.
 */
export function changeReferenceData(card: CardContext, command: ParsedCommand): Reply {
  const pin = findPin(card, command.p2);
  if (command.p1 !== 0x00) return status(sw.badP1P2);
  if (pin === undefined) return status(sw.referenceNotFound);
  const pair = splitPins(card.model.pinBlock, command.data, pin.value);
  if (pair === undefined) return status(sw.wrongLength);
  card.volatile.verified.delete(pin.reference);
  const refused = replacePin(card, pin, pin, pair);
  if (refused !== undefined) return refused;
  card.volatile.verified.add(pin.reference);
  return status(sw.ok);
}

/**
 * RESET RETRY COUNTER (ISO/IEC 7816-4:2020 §11.6.10): P1 = 00 with PUK and new PIN, P1 = 02 with the new PIN alone after
 * EXTERNAL AUTHENTICATE with the admin key. The PIN is not verified afterwards. Real cards are said to know only the
 * second way; how they code it is not public, so both here are the standard's.
 */
export function resetRetryCounter(card: CardContext, command: ParsedCommand): Reply {
  const pin = findPin(card, command.p2);
  if (command.p1 !== 0x00 && command.p1 !== 0x02) return status(sw.badP1P2);
  if (pin === undefined) return status(sw.referenceNotFound);
  const refused = command.p1 === 0x00 ? unblockByPuk(card, pin, command) : unblockByAdmin(card, pin, command);
  if (refused !== undefined) return refused;
  card.volatile.verified.delete(pin.reference);
  return status(sw.ok);
}

function unblockByPuk(card: CardContext, pin: PinState, command: ParsedCommand): Reply | undefined {
  const pair = splitPins(card.model.pinBlock, command.data, card.state.puk.value);
  return pair === undefined ? status(sw.wrongLength) : replacePin(card, pin, card.state.puk, pair);
}

function unblockByAdmin(card: CardContext, pin: PinState, command: ParsedCommand): Reply | undefined {
  if (!card.volatile.adminAuthenticated) return status(sw.securityStatus);
  if (!isPinLength(command.data.length)) return status(sw.wrongLength);
  if (!isAcceptablePin(card.model.pinBlock, command.data)) return status(sw.badData);
  store(card, pin, command.data);
  return undefined;
}

/** Gives `pin` its next value if the code is that of `guard`, which is the PIN itself or the PUK. */
function replacePin(card: CardContext, pin: PinState, guard: PinState, { code, next }: PinPair): Reply | undefined {
  const refused = compare(card, guard, code);
  if (refused !== undefined) return refused;
  if (!isAcceptablePin(card.model.pinBlock, next)) return status(sw.badData);
  store(card, pin, next);
  return undefined;
}

function store(card: CardContext, pin: PinState, next: Uint8Array): void {
  pin.value.fill(0);
  pin.value.set(next);
  pin.triesLeft = pin.maxTries;
  card.save();
}
