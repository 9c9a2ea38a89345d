import type { CardState, CardStore } from './virtual-card/card-state.js';

/** PIN and PUK, as bytes. */
export interface CardCodes {
  readonly pin: Uint8Array;
  readonly puk: Uint8Array;
}

/** A card's memory whose codes can be set back while the card works on it. */
export interface ResettableStore extends CardStore {
  /** Gives all PINs and the PUK these values, and all their tries back. The card must not be in a reader. */
  resetCodes(codes: CardCodes): void;
}

/** Keeps hold of the state that the card works on, since a card reads its store only once. */
export function resettableStore(store: CardStore): ResettableStore {
  let current: CardState | undefined;
  return {
    load: () => (current = store.load()),
    save: (state) => store.save(state),
    resetCodes: ({ pin, puk }) => {
      const state = current ?? store.load();
      for (const held of [...state.pins, state.puk]) {
        held.value.fill(0);
        held.value.set(held === state.puk ? puk : pin);
        held.triesLeft = held.maxTries;
      }
      store.save(state);
    },
  };
}
