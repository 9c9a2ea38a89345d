import { cardStateCodec } from './card-state-codec.js';
import type { CardState, CardStore } from './card-state.js';
import { memoryStore } from './memory-store.js';

/** An IDPrime card's state in memory. */
export function memoryCardStore(initial: CardState): CardStore {
  return memoryStore(cardStateCodec, initial);
}
