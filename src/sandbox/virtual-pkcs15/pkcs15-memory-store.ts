import type { Pkcs15CardState, Pkcs15CardStore } from './pkcs15-card-state.js';
import { decodePkcs15State, encodePkcs15State } from './pkcs15-state-codec.js';

/** Keeps the state as a snapshot of bytes, so that only what was saved survives a restart of the card. */
export function memoryPkcs15Store(initial: Pkcs15CardState): Pkcs15CardStore {
  let snapshot = encodePkcs15State(initial);
  return {
    load: () => decodePkcs15State(snapshot),
    save: (state) => {
      snapshot.fill(0);
      snapshot = encodePkcs15State(state);
    },
  };
}
