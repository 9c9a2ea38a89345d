import type { ReadableHistory } from '../model/history.js';
import { HistoryAppender, type HistoryOptions } from './history-appender.js';
import { withHistoryLock } from './history-lock.js';
import { listHistory, recentHistory } from './read-history.js';
import { verifyHistory } from './verify-history.js';

/** A history in files; other processes may append to the same one. */
export interface FileHistory extends ReadableHistory {
  /** Resolves when everything is written and the files are closed. */
  close(): Promise<void>;
}

/**
 * Opens, or begins, the append-only history: one JSON object a line, each with the hash of the line before, the newest
 * one's hash in a file apart. The folder must exist. What a power cut left is put right, and an entry says so; a
 * history that does not hold together at its end is moved into a folder beside it, and a new one begun.
 */
export async function openFileHistory(path: string, options: HistoryOptions): Promise<FileHistory> {
  const appender = new HistoryAppender(path, options);
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(() => withHistoryLock(path, work));
    last = turn.catch(() => undefined);
    return turn;
  };
  await inTurn(() => appender.check()).catch(async (error: unknown) => {
    await appender.close();
    throw error;
  });
  return {
    append: (event) => inTurn(() => appender.append(event)),
    recent: async (limit) => {
      await last;
      return await recentHistory(path, limit);
    },
    list: async (query) => {
      await last;
      return await listHistory(path, query);
    },
    verify: async () => {
      await last;
      return await verifyHistory(path);
    },
    close: async () => {
      await last;
      await appender.close();
    },
  };
}
