import type { HistoryEntry } from '../model/history.js';
import type { PinState } from '../model/pin-care.js';
import type { RetryCounter } from '../model/pin.js';
import type { Token, TokenPin, WritableToken } from '../tokens/token.js';
import { describeCounter, describePin } from './pin-card.js';

/**
 * The state of the PIN that a card takes for writing, read now; undefined when the card has no such PIN. What a vendor's
 * module does not count aloud, the card itself tells. Costs no try.
 *
 * @param card - as we drive it ourselves; the same as `writable` where that is so.
 */
export async function pinForWriting(
  card: Token,
  writable: WritableToken,
  past: readonly HistoryEntry[],
  signal: AbortSignal,
): Promise<PinState | undefined> {
  const pin = writable.info.pins.find(({ reference }) => reference === writable.writing.pin);
  if (pin === undefined) return undefined;
  const counters = await writable.retryCounters(signal);
  const state = describePin(writable.info.id, pin, counters, past);
  if (card === writable || state.attemptsRemaining !== undefined) return state;
  return { ...state, ...describeCounter(await counterOnCard(card, pin, signal)) };
}

async function counterOnCard(card: Token, { role }: TokenPin, signal: AbortSignal): Promise<RetryCounter | undefined> {
  const same = card.info.pins.filter((pin) => pin.role === role);
  const [pin, ...others] = same;
  if (pin === undefined || others.length > 0) return undefined;
  try {
    return (await card.retryCounters(signal)).find(({ reference }) => reference === pin.reference);
  } catch {
    signal.throwIfAborted();
    // The module's word stands: it has not said that the PIN is blocked.
    return undefined;
  }
}
