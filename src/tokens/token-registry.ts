import type { Logger } from '../core/ports.js';
import type { History } from '../model/history.js';
import type { ReaderSnapshot } from '../model/reader.js';
import type { ReaderTransport } from '../transport/card-channel.js';
import type { CardDriver } from './card-driver.js';
import { createReaderWatch, type ReaderWatch } from './reader-watch.js';
import { mergeSameCards } from './same-cards.js';
import type { TokenEntry } from './token-entry.js';
import { canWrite, type Token, type WritableToken } from './token.js';

export type { TokenEntry } from './token-entry.js';

/** Cards coming and going, always up to date. */
export interface TokenRegistry {
  /** One for each reader, in the order of the transport; a card in two of them has a token in one. New when changed. */
  readonly entries: readonly TokenEntry[];
  /** Calls back after every change; returns how to stop. Listeners must not throw. */
  subscribe(listener: () => void): () => void;
  /** The token with this id, if it is in a reader and has been read. */
  findToken(id: string): Token | undefined;
  /**
   * What writes to the token with this id: itself if it can, else its vendor's module, which is waited for when it still
   * has to be started (at most half a minute). A module's token has an id, PIN references and keys of its own.
   */
  writableToken(id: string): Promise<WritableToken | undefined>;
  /** Stops watching and closes every token; resolves when no reading is under way. Leaves the transport open. */
  close(): Promise<void>;
}

/** What {@link createTokenRegistry} needs. */
export interface TokenRegistryOptions {
  /** Started by the caller, before or after. */
  readonly transport: ReaderTransport;
  /** Asked in this order. */
  readonly drivers: readonly CardDriver[];
  readonly history: History;
  readonly logger: Logger;
  /** Waits before a reading that failed for a passing reason is tried again, milliseconds; the last one repeats. */
  readonly retryDelaysMs?: readonly number[];
}

/** A registry that begins to watch at once; every reader is read on its own, so that a slow card holds up no other. */
export function createTokenRegistry(options: TokenRegistryOptions): TokenRegistry {
  const { transport } = options;
  const listeners = new Set<() => void>();
  let watches = new Map<string, ReaderWatch>();
  let entries: readonly TokenEntry[] = [];
  const endings = new Set<Promise<void>>();
  let isFollowing = false;

  const current = (): readonly TokenEntry[] =>
    mergeSameCards(
      [...watches.values()].map((watch) => watch.entry),
      entries,
    );
  const publish = (): void => {
    if (isFollowing) return;
    entries = current();
    for (const listener of listeners) listener();
  };
  const end = (ending: Promise<void>): void => {
    const tracked = ending.finally(() => endings.delete(tracked));
    endings.add(tracked);
  };
  /** One publication for one snapshot: nobody sees a new reader before its card. */
  const follow = ({ readers }: ReaderSnapshot): void => {
    isFollowing = true;
    const before = watches;
    watches = new Map(
      readers.map(({ name }) => [
        name,
        before.get(name) ?? createReaderWatch({ ...options, reader: name, onChange: publish }),
      ]),
    );
    for (const [name, watch] of before) if (!watches.has(name)) end(watch.end('removed'));
    for (const state of readers) watches.get(state.name)?.update(state);
    isFollowing = false;
    if (hasChanged()) publish();
  };
  const hasChanged = (): boolean => {
    const now = current();
    return now.length !== entries.length || now.some((entry, index) => entry !== entries[index]);
  };

  const findToken: TokenRegistry['findToken'] = (id) => entries.find(({ token }) => token?.info.id === id)?.token;

  follow(transport.monitor.snapshot);
  const stop = transport.monitor.subscribe(follow);

  return {
    get entries() {
      return entries;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    findToken,
    writableToken(id) {
      const token = findToken(id);
      return Promise.resolve(token !== undefined && canWrite(token) ? token : undefined);
    },
    async close() {
      stop();
      listeners.clear();
      for (const watch of watches.values()) end(watch.end('closed'));
      watches = new Map();
      entries = [];
      await Promise.all(endings);
    },
  };
}
