import type { StateCodec, StateStore } from './card-store.js';

/** Keeps the state as a snapshot of bytes, so that only what was saved survives a restart of the card. */
export function memoryStore<State>(codec: StateCodec<State>, initial: State): StateStore<State> {
  let snapshot = codec.encode(initial);
  return {
    load: () => codec.decode(snapshot),
    save: (state) => {
      snapshot.fill(0);
      snapshot = codec.encode(state);
    },
  };
}
