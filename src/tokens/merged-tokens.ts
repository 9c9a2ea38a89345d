import type { Pkcs11Source } from './pkcs11-source.js';
import { withoutTwins } from './pkcs11-twins.js';
import type { TokenEntry } from './token-entry.js';
import type { TokenRegistry } from './token-registry.js';

/**
 * The cards in readers and the tokens of modules as one list, in which each card is one entry. A module's entry takes
 * the place of a card that we cannot drive ourselves; the first such card wakes the modules. Closing closes both.
 */
export function mergeTokens(
  native: TokenRegistry,
  modules: Pick<Pkcs11Source, 'entries' | 'subscribe' | 'wake' | 'close'>,
): TokenRegistry {
  const listeners = new Set<() => void>();
  let entries: readonly TokenEntry[] = [];

  const merge = (): void => {
    const others = withoutTwins(native.entries, modules.entries);
    const unknown = native.entries.filter(({ state }) => state === 'unknown');
    entries = [
      ...native.entries.filter(
        (entry) => !unknown.includes(entry) || !others.some(({ reader }) => reader === entry.reader),
      ),
      ...others,
    ];
    if (unknown.length > 0) modules.wake();
    for (const listener of listeners) listener();
  };
  merge();
  const stops = [native.subscribe(merge), modules.subscribe(merge)];

  return {
    get entries() {
      return entries;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    findToken: (id) => entries.find(({ token }) => token?.info.id === id)?.token,
    async close() {
      for (const stop of stops) stop();
      listeners.clear();
      await Promise.all([native.close(), modules.close()]);
      entries = [];
    },
  };
}
