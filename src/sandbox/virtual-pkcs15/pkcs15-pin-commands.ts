import { timingSafeEqual } from 'node:crypto';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { refusal } from '../virtual-card/retry-counter.js';
import { status, sw, triesLeft, type Reply } from '../virtual-card/status-words.js';
import { isAcceptableBlock, pinBlocks } from './pin-block.js';
import type { SecretState } from './pkcs15-card-state.js';
import { secretOf, type Pkcs15Context } from './pkcs15-context.js';

/** IsoApplet has one PUK, with a number of its own; MyEID's PUK n belongs to PIN n. */
const ISOAPPLET_PUK = 2;

const isSame = (candidate: Uint8Array, secret: SecretState) => (): boolean => timingSafeEqual(candidate, secret.value);

/** VERIFY (ISO/IEC 7816-4:2020 §11.6.6). Without data it tells the state: 9000 verified, 63Cx or 6983 not. */
export function verify(card: Pkcs15Context, command: ParsedCommand): Reply {
  const pin = secretOf(card, 'pin', command.p2);
  if (command.p1 !== 0x00) return status(sw.badP1P2);
  if (pin === undefined) return status(sw.referenceNotFound);
  const { verified } = card.volatile;
  if (command.data.length === 0) return verified.has(pin.reference) ? status(sw.ok) : triesLeft(pin.triesLeft);
  if (command.data.length !== pin.value.length) return status(sw.wrongLength);
  verified.delete(pin.reference);
  const refused = refusal(card, pin, isSame(command.data, pin));
  if (refused !== undefined) return refused;
  verified.add(pin.reference);
  return status(sw.ok);
}

/**
 * CHANGE REFERENCE DATA (ISO/IEC 7816-4:2020 §11.6.7), P1 = 00: old and new PIN. A new PIN that breaks the rules costs
 * no try; a changed PIN counts as verified.
 */
export function changePin(card: Pkcs15Context, command: ParsedCommand): Reply {
  const change = readChange(card, command);
  if ('refused' in change) return change.refused;
  const { pin, code, next } = change;
  card.volatile.verified.delete(pin.reference);
  const refused = refusal(card, pin, isSame(code, pin));
  if (refused !== undefined) return refused;
  pin.value.set(next);
  card.saveChange();
  card.volatile.verified.add(pin.reference);
  return status(sw.ok);
}

/** RESET RETRY COUNTER (ISO/IEC 7816-4:2020 §11.6.10), P1 = 00: PUK and new PIN, which is not verified afterwards. */
export function unblockPin(card: Pkcs15Context, command: ParsedCommand): Reply {
  const change = readChange(card, command);
  if ('refused' in change) return change.refused;
  const { pin, code, next } = change;
  const puk = secretOf(card, 'puk', card.state.commandSet === 'isoapplet' ? ISOAPPLET_PUK : pin.reference);
  if (puk === undefined) return status(sw.conditions);
  const refused = refusal(card, puk, isSame(code, puk));
  if (refused !== undefined) return refused;
  pin.value.set(next);
  pin.triesLeft = pin.maxTries;
  card.volatile.verified.delete(pin.reference);
  card.saveChange();
  return status(sw.ok);
}

/** Which PIN gets which new value, and the code that allows it. Costs no try. */
function readChange(
  card: Pkcs15Context,
  { p1, p2, data }: ParsedCommand,
): { readonly pin: SecretState; readonly code: Uint8Array; readonly next: Uint8Array } | { readonly refused: Reply } {
  const pin = secretOf(card, 'pin', p2);
  const block = pinBlocks[card.state.commandSet];
  if (p1 !== 0x00) return { refused: status(sw.badP1P2) };
  if (pin === undefined) return { refused: status(sw.referenceNotFound) };
  if (data.length !== 2 * block.length) return { refused: status(sw.wrongLength) };
  const next = data.subarray(block.length);
  if (!isAcceptableBlock(block, next)) return { refused: status(sw.badData) };
  return { pin, code: data.subarray(0, block.length), next };
}
