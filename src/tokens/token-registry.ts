import type { MiddlewareError } from '../core/errors.js';
import type { Logger } from '../core/ports.js';
import type { History } from '../model/history.js';
import type { RetryCounter } from '../model/pin.js';
import type { ReaderSnapshot } from '../model/reader.js';
import type { ReaderTransport } from '../transport/card-channel.js';
import type { CardDriver } from './card-driver.js';
import { createReaderWatch, type ReaderWatch } from './reader-watch.js';
import type { Token, TokenCertificate } from './token.js';

/** What is known of the card in one reader. */
export interface TokenEntry {
  readonly reader: string;
  /**
   * `unknown`: no driver claims the card; `mute`: it gives no answer to reset; `unresponsive`: a command was given up
   * on and has not returned; `failed`: it could not be read, see `error`.
   */
  readonly state: 'absent' | 'reading' | 'ready' | 'unknown' | 'mute' | 'unresponsive' | 'failed';
  /** With `ready`; likewise the next two. */
  readonly token?: Token;
  readonly certificates?: readonly TokenCertificate[];
  /** As last told by the card. */
  readonly retryCounters?: readonly RetryCounter[];
  /** With `failed`, `mute` and `unresponsive`, where there is one. */
  readonly error?: MiddlewareError;
}

/** Cards coming and going, always up to date. */
export interface TokenRegistry {
  /** One for each reader, in the order of the transport. A new array after every change. */
  readonly entries: readonly TokenEntry[];
  /** Calls back after every change; returns how to stop. Listeners must not throw. */
  subscribe(listener: () => void): () => void;
  /** The token with this id, if it is in a reader and has been read. */
  findToken(id: string): Token | undefined;
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

  const publish = (): void => {
    entries = [...watches.values()].map((watch) => watch.entry);
    for (const listener of listeners) listener();
  };
  const end = (ending: Promise<void>): void => {
    const tracked = ending.finally(() => endings.delete(tracked));
    endings.add(tracked);
  };
  const follow = ({ readers }: ReaderSnapshot): void => {
    const next = new Map<string, ReaderWatch>();
    for (const state of readers) {
      const watch = watches.get(state.name) ?? createReaderWatch({ ...options, reader: state.name, onChange: publish });
      next.set(state.name, watch);
    }
    const gone = [...watches].filter(([name]) => !next.has(name));
    const changed = gone.length > 0 || next.size !== watches.size;
    watches = next;
    for (const [, watch] of gone) end(watch.end('removed'));
    if (changed) publish();
    for (const state of readers) watches.get(state.name)?.update(state);
  };

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
    findToken: (id) => entries.find(({ token }) => token?.info.id === id)?.token,
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
