import { MiddlewareError } from '../../core/errors.js';
import type { TokenRegistry } from '../../tokens/token-registry.js';
import { wipeCodes } from '../../tokens/wipe-codes.js';
import type { CardWorkCodes, CardWorkUse } from '../card-work.js';
import { readManagementKey } from '../management-key.js';
import { requireConsent, type WritingCard } from '../writing-card.js';
import { HeldPin } from './held-pin.js';

/**
 * Holds the codes of card work while `work` runs, and wipes what is left of them whatever comes of it, and at once when
 * the card leaves its reader.
 *
 * @throws {MiddlewareError} ERR_PIN_LAST_TRY, ERR_CARD_MANAGEMENT_KEY; what `work` throws.
 */
export async function withHeldPin<T>(
  codes: CardWorkCodes,
  use: CardWorkUse,
  card: WritingCard,
  tokens: Pick<TokenRegistry, 'findToken' | 'subscribe'>,
  work: (held: HeldPin) => Promise<T>,
): Promise<T> {
  const held = hold(codes, use, card);
  const removed = (): void => {
    if (tokens.findToken(card.name.id) === undefined) {
      held.wipe(new MiddlewareError('ERR_CARD_REMOVED', 'Card left its reader', { retriable: true }));
    }
  };
  const stop = tokens.subscribe(removed);
  try {
    removed();
    return await work(held);
  } finally {
    stop();
    held.wipe();
  }
}

function hold(codes: CardWorkCodes, use: CardWorkUse, { pin: state }: WritingCard): HeldPin {
  try {
    const { pin, managementKey } = codes;
    if (pin === undefined || managementKey === 'pin-pad') throw new TypeError('A code is missing');
    requireConsent(state, use.lastTryConsent);
    const { lastTryConsent, language, signal } = use;
    return new HeldPin({
      pin,
      attemptsShown: state.attemptsRemaining ?? 0,
      lastTryConsent,
      signal,
      ...(language === undefined ? {} : { language }),
      ...(managementKey === undefined ? {} : { managementKey: readManagementKey(managementKey) }),
    });
  } catch (error) {
    wipeCodes(Object.values(codes));
    throw error;
  }
}
