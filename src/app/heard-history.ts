import type { FileHistory } from '../history/file-history.js';
import type { HistoryEvent } from '../model/history.js';

/** A history that tells what is written to it. */
export interface HeardHistory extends FileHistory {
  /** Calls back for each event once it is written; listeners must not throw. */
  subscribe(listener: (event: HistoryEvent) => void): void;
}

/** Listens to what this process writes. */
export function heardHistory(history: FileHistory): HeardHistory {
  const listeners: ((event: HistoryEvent) => void)[] = [];
  return {
    append: async (event) => {
      await history.append(event);
      for (const listener of listeners) listener(event);
    },
    recent: (limit) => history.recent(limit),
    list: (query) => history.list(query),
    verify: () => history.verify(),
    close: () => history.close(),
    subscribe: (listener) => void listeners.push(listener),
  };
}
