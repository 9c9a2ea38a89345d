import type { RetryCounterMemory } from '../model/retry-counter-memory.js';
import type { Pkcs11Source } from './pkcs11-source.js';
import { twinsOf, withoutTwins } from './pkcs11-twins.js';
import type { TokenEntry } from './token-entry.js';
import type { TokenRegistry } from './token-registry.js';
import { canWrite, type WritableToken } from './token.js';
import { writeThroughModule } from './twin-writing.js';

/** A module may take 20 s to start and 10 s to look at its slots. */
const maxWakingMs = 30_000;

/**
 * The cards in readers and the tokens of modules as one list, in which each card is one entry. A module's entry takes
 * the place of a card that we cannot drive ourselves; the first such card wakes the modules. Closing closes both.
 */
export function mergeTokens(
  native: TokenRegistry,
  modules: Pick<Pkcs11Source, 'entries' | 'allEntries' | 'isSettled' | 'subscribe' | 'wake' | 'close'>,
  memory: RetryCounterMemory,
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

  const findToken: TokenRegistry['findToken'] = (id) => entries.find(({ token }) => token?.info.id === id)?.token;

  const writableTwin = (id: string): WritableToken | undefined => {
    const own = native.entries.find(({ token }) => token?.info.id === id);
    const twins = own === undefined ? [] : twinsOf(own, native.entries, modules.allEntries);
    return twins.flatMap(({ token }) => (token !== undefined && canWrite(token) ? [token] : []))[0];
  };

  /** Until the card's module shows it, or no module will. */
  const modulesLooked = (id: string): Promise<void> =>
    new Promise((resolve) => {
      const settle = (): void => {
        if (!modules.isSettled && writableTwin(id) === undefined) return;
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(() => {
        stop();
        resolve();
      }, maxWakingMs);
      const stop = modules.subscribe(settle);
      settle();
    });

  return {
    get entries() {
      return entries;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    findToken,
    async writableToken(id) {
      const token = findToken(id);
      if (token === undefined || canWrite(token)) return token;
      modules.wake();
      await modulesLooked(id);
      const twin = writableTwin(id);
      return twin && writeThroughModule(token, twin, memory);
    },
    async close() {
      for (const stop of stops) stop();
      listeners.clear();
      await Promise.all([native.close(), modules.close()]);
      entries = [];
    },
  };
}
