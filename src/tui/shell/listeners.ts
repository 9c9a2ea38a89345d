/** Those who want to know of a change. */
export interface Listeners {
  /** Gives what ends it. */
  add(listener: () => void): () => void;
  tell(): void;
}

/** None to begin with. */
export function createListeners(): Listeners {
  const all = new Set<() => void>();
  return {
    add(listener) {
      const own = (): void => listener();
      all.add(own);
      return () => void all.delete(own);
    },
    tell() {
      for (const listener of [...all]) listener();
    },
  };
}
