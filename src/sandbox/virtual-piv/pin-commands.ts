import { timingSafeEqual } from 'node:crypto';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { refusal } from '../virtual-card/retry-counter.js';
import { status, sw, triesLeft, type Reply } from '../virtual-card/status-words.js';
import type { PivCardState, PivCodeState } from './piv-card-state.js';
import type { PivContext } from './piv-context.js';

/** Key references of codes (SP 800-73-4 part 1 table 4). */
const GLOBAL_PIN = 0x00;
const PIN = 0x80;
const PUK = 0x81;
const BLOCK = 8;
const SHORTEST_PIN = 6;
const PADDING = 0xff;

/** What VERIFY works on. */
interface VerifiablePin {
  readonly code: PivCodeState;
  readonly flag: 'pinVerified' | 'globalPinVerified';
}

function verifiablePin({ pin, globalPin }: PivCardState, reference: number): VerifiablePin | undefined {
  if (reference === PIN) return { code: pin, flag: 'pinVerified' };
  if (reference === GLOBAL_PIN && globalPin !== undefined) return { code: globalPin, flag: 'globalPinVerified' };
  return undefined;
}

/**
 * VERIFY (SP 800-73-4 part 2 §3.2.1). Without data it tells the state: 9000 verified, 63Cx not; P1 = FF drops what is
 * verified. What can be no PIN is refused with 6A80 and costs no try.
 */
export function verify(card: PivContext, command: ParsedCommand): Reply {
  const { p1, data } = command;
  if (p1 !== 0x00 && p1 !== 0xff) return status(sw.badP1P2);
  const pin = verifiablePin(card.state, command.p2);
  if (pin === undefined) return status(sw.referenceNotFound);
  if (p1 === 0xff) return logOut(card, pin, data);
  if (data.length === 0) return card.volatile[pin.flag] ? status(sw.ok) : triesLeft(pin.code.triesLeft);
  if (!isPin(data, card.state)) return status(sw.badData);
  card.volatile[pin.flag] = false;
  const refused = refusal(card, pin.code, () => timingSafeEqual(data, pin.code.value));
  if (refused !== undefined) return refused;
  card.volatile[pin.flag] = true;
  card.volatile.trail = { pinVerified: true };
  return status(sw.ok);
}

function logOut(card: PivContext, pin: VerifiablePin, data: Uint8Array): Reply {
  if (data.length > 0) return status(sw.badData);
  card.volatile[pin.flag] = false;
  return status(sw.ok);
}

/** CHANGE REFERENCE DATA (SP 800-73-4 part 2 §3.2.2) for PIN and PUK: old and new. A bad new code costs no try. */
export function changeReferenceData(card: PivContext, command: ParsedCommand): Reply {
  const { p1, p2, data } = command;
  if (p1 !== 0x00) return status(sw.badP1P2);
  if (p2 !== PIN && p2 !== PUK) return status(sw.referenceNotFound);
  if (data.length !== 2 * BLOCK) return status(sw.badData);
  const next = data.subarray(BLOCK);
  if (p2 === PIN && !isPin(next, card.state)) return status(sw.badData);
  const code = p2 === PIN ? card.state.pin : card.state.puk;
  const refused = refusal(card, code, () => timingSafeEqual(data.subarray(0, BLOCK), code.value));
  if (refused !== undefined) {
    if (p2 === PIN) card.volatile.pinVerified = false;
    return refused;
  }
  code.value.set(next);
  card.save();
  return status(sw.ok);
}

/** RESET RETRY COUNTER (SP 800-73-4 part 2 §3.2.3): PUK and new PIN. Whether the PIN is verified stays as it is. */
export function resetRetryCounter(card: PivContext, command: ParsedCommand): Reply {
  const { p1, p2, data } = command;
  if (p1 !== 0x00) return status(sw.badP1P2);
  if (p2 !== PIN) return status(sw.referenceNotFound);
  if (data.length !== 2 * BLOCK) return status(sw.badData);
  const next = data.subarray(BLOCK);
  if (!isPin(next, card.state)) return status(sw.badData);
  const { pin, puk } = card.state;
  const refused = refusal(card, puk, () => timingSafeEqual(data.subarray(0, BLOCK), puk.value));
  if (refused !== undefined) return refused;
  pin.value.set(next);
  pin.triesLeft = pin.maxTries;
  card.save();
  return status(sw.ok);
}

/** 6 to 8 digits, padded with FF (SP 800-73-4 part 2 §2.4.3); YubiKeys take any bytes. */
export function isPin(block: Uint8Array, { yubico }: Pick<PivCardState, 'yubico'>): boolean {
  if (block.length !== BLOCK) return false;
  const end = block.indexOf(PADDING);
  const pin = end === -1 ? block : block.subarray(0, end);
  return (
    pin.length >= SHORTEST_PIN &&
    block.subarray(pin.length).every((byte) => byte === PADDING) &&
    (yubico || pin.every((byte) => byte >= 0x30 && byte <= 0x39))
  );
}
