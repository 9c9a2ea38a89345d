import type { StateStore } from './virtual-card/card-store.js';

/** A card's memory whose codes can be set back while the card works on it. */
export interface ResettableStore<State> extends StateStore<State> {
  /** Gives all codes their first values and tries back. The card must not be in a reader. */
  resetCodes(): void;
}

/** Keeps hold of the state that the card works on, since a card reads its store only once; `renew` changes it in place. */
export function resettableStore<State>(
  store: StateStore<State>,
  renew: (state: State) => void,
): ResettableStore<State> {
  let current: State | undefined;
  return {
    load: () => (current = store.load()),
    save: (state) => store.save(state),
    resetCodes: () => {
      const state = current ?? store.load();
      renew(state);
      store.save(state);
    },
  };
}
