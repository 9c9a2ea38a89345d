/** A card's memory. Both calls are synchronous: a retry counter must be down before the comparison is answered. */
export interface StateStore<State> {
  load(): State;
  save(state: State): void;
}

/** A card's memory as bytes. They hold PINs: whoever encodes wipes them after use. */
export interface StateCodec<State> {
  readonly encode: (state: State) => Uint8Array;
  /** Keeps nothing of the input. */
  readonly decode: (bytes: Uint8Array) => State;
}

/** The store has failed: nothing may happen that was not saved. */
export class StoreFailure extends Error {}

/** @throws {StoreFailure} when the store cannot save. */
export function saveTo<State>(store: StateStore<State>, state: State): void {
  try {
    store.save(state);
  } catch (cause) {
    throw new StoreFailure('Card state not saved', { cause });
  }
}
