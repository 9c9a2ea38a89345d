import type { ReplayStore, StartedMark } from '../../src/oob/replay-store.js';

export interface MemoryReplay extends ReplayStore {
  readonly remembered: Map<string, { readonly untilMs: number; readonly started: StartedMark }>;
  /** What the next write fails with. */
  failure: Error | undefined;
}

/** A replay store without a disk; `earlier` are the marks that an earlier run of the program left. */
export function memoryReplay(earlier: readonly string[] = []): MemoryReplay {
  const store: MemoryReplay = {
    remembered: new Map(),
    failure: undefined,
    remember: (key, untilMs, started) => {
      if (store.failure !== undefined) return Promise.reject(store.failure);
      const isNew = !store.remembered.has(key);
      store.remembered.set(key, { untilMs, started });
      return Promise.resolve(isNew);
    },
    startedEarlier: (mark) => earlier.includes(mark),
  };
  return store;
}
