import { decodeCardState, encodeCardState } from './card-state-codec.js';
import type { CardState, CardStore } from './card-state.js';

/** Keeps the state as a snapshot of bytes, so that only what was saved survives a restart of the card. */
export function memoryCardStore(initial: CardState): CardStore {
  let snapshot = encodeCardState(initial);
  return {
    load: () => decodeCardState(snapshot),
    save: (state) => {
      snapshot.fill(0);
      snapshot = encodeCardState(state);
    },
  };
}
