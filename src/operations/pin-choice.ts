import { MiddlewareError, type ErrorCode } from '../core/errors.js';
import type { PinChoice, PinOperationName } from '../model/pin-care.js';
import type { RetryCounter } from '../model/pin.js';
import { hasPins, type PinToken, type TokenInfo, type TokenPin } from '../tokens/token.js';
import { holdsCard } from '../tokens/token-entry.js';
import type { TokenEntry } from '../tokens/token-registry.js';

/**
 * The card that is meant. One that cannot be used is refused with its own reason, never passed over for another.
 *
 * @throws {MiddlewareError} ERR_CARD_ABSENT when no card is in at all; ERR_TOKEN_NOT_FOUND when none is the one that is
 *   named; ERR_TOKEN_AMBIGUOUS when several could be meant; ERR_TOKEN_OPERATION_UNSUPPORTED; why it cannot be read.
 */
export function chooseToken(entries: readonly TokenEntry[], { card }: PinChoice): PinToken {
  const inserted = entries.filter(holdsCard);
  const meant = card === undefined ? inserted : entriesNamed(entries, card);
  const usable = meant.filter(({ token }) => token !== undefined);
  const [first, second] = card === undefined && usable.length > 0 ? usable : meant;
  if (first === undefined) {
    throw card === undefined
      ? new MiddlewareError('ERR_CARD_ABSENT', 'No card is in a reader')
      : new MiddlewareError('ERR_TOKEN_NOT_FOUND', 'No such card', { fields: { card } });
  }
  if (second !== undefined) throw new MiddlewareError('ERR_TOKEN_AMBIGUOUS', 'Several cards could be meant');
  return usableToken(first);
}

/** Of a card in two readers the entry that has it, whichever of them is named. */
function entriesNamed(entries: readonly TokenEntry[], card: string): readonly TokenEntry[] {
  const named = entries.filter((entry) => isNamed(entry, card));
  return named.map((entry) => entries.find(({ reader }) => reader === entry.sameAs) ?? entry);
}

/** Serial numbers are printed in either case. */
function isNamed({ reader, token }: TokenEntry, card: string): boolean {
  if (reader === card) return true;
  return token !== undefined && (token.info.id === card || token.info.serial.toLowerCase() === card.toLowerCase());
}

const ofState: Readonly<Record<TokenEntry['state'], ErrorCode>> = {
  absent: 'ERR_CARD_ABSENT',
  reading: 'ERR_CARD_UNRESPONSIVE',
  ready: 'ERR_INTERNAL',
  unknown: 'ERR_CARD_UNKNOWN',
  mute: 'ERR_CARD_MUTE',
  unresponsive: 'ERR_CARD_UNRESPONSIVE',
  failed: 'ERR_CARD_RESPONSE',
  'same-card': 'ERR_CARD_ABSENT',
  skipped: 'ERR_CARD_ABSENT',
};

function usableToken({ reader, state, token, error }: TokenEntry): PinToken {
  if (error !== undefined) throw error;
  if (token === undefined) throw new MiddlewareError(ofState[state], 'Card cannot be used', { fields: { reader } });
  if (!hasPins(token)) throw new MiddlewareError('ERR_TOKEN_OPERATION_UNSUPPORTED', 'Token cannot look after its PINs');
  return token;
}

/**
 * The PIN that is meant: to be unblocked, the only blocked one, unless another is named.
 *
 * @throws {MiddlewareError} ERR_TOKEN_KEY_NOT_FOUND when the card has no such PIN; ERR_PIN_AMBIGUOUS when several could
 *   be meant; `card` is the id of the card.
 */
export function choosePin(
  { id, pins }: Pick<TokenInfo, 'id' | 'pins'>,
  counters: readonly RetryCounter[],
  { reference, role }: PinChoice,
  operation: PinOperationName,
): TokenPin {
  const meant = pins.filter(
    (pin) => (reference === undefined || pin.reference === reference) && (role === undefined || pin.role === role),
  );
  const blocked = meant.filter((pin) =>
    counters.some((counter) => counter.reference === pin.reference && counter.blocked),
  );
  const [first, second] = operation === 'unblock' && blocked.length === 1 ? blocked : meant;
  if (first === undefined) throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Token has no such PIN');
  if (second !== undefined) {
    throw new MiddlewareError('ERR_PIN_AMBIGUOUS', 'Several PINs could be meant', { fields: { card: id } });
  }
  return first;
}
