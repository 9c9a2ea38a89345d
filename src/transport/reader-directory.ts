import { equalBytes } from '../core/bytes.js';
import type { ReaderSnapshot, ReaderState } from '../model/reader.js';
import type { ReaderMonitor } from './card-channel.js';

/** Holds the last snapshot, and tells subscribers of a new one only when something in it differs. */
export interface ReaderDirectory extends ReaderMonitor {
  /** Takes over what the back end reports. */
  publish(reported: ReaderSnapshot): void;
  /** Applies the cards that were given up on anew. */
  refresh(): void;
}

/** A directory that shows a present card as unresponsive where `isUnresponsive` says so. */
export function createReaderDirectory(isUnresponsive: (reader: string) => boolean): ReaderDirectory {
  const listeners = new Set<(snapshot: ReaderSnapshot) => void>();
  let reported: ReaderSnapshot = { service: 'starting', readers: [] };
  let snapshot = reported;

  const overlay = (state: ReaderState): ReaderState =>
    state.card === 'present' && isUnresponsive(state.name) ? { ...state, card: 'unresponsive' } : state;
  const refresh = (): void => {
    const next = { ...reported, readers: reported.readers.map(overlay) };
    if (equalSnapshots(snapshot, next)) return;
    snapshot = next;
    for (const listener of [...listeners]) listener(snapshot);
  };

  return {
    get snapshot() {
      return snapshot;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    publish(next) {
      reported = next;
      refresh();
    },
    refresh,
  };
}

function equalSnapshots(a: ReaderSnapshot, b: ReaderSnapshot): boolean {
  return (
    a.service === b.service &&
    a.readers.length === b.readers.length &&
    a.readers.every((state, index) => equalStates(state, b.readers[index]))
  );
}

function equalStates(a: ReaderState, b: ReaderState | undefined): boolean {
  return (
    a.name === b?.name &&
    a.card === b.card &&
    a.insertion === b.insertion &&
    a.sharing === b.sharing &&
    equalBytes(a.atr, b.atr)
  );
}
