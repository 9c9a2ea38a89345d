import { constants, type BigIntStats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { MiddlewareError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { HistoryEntry, HistoryEvent, ReadableHistory } from '../model/history.js';
import { hashLine, NO_PREVIOUS, parseLine, readTail, type Tail } from './history-lines.js';
import { verifyHistory } from './verify-history.js';
import { withHistoryLock } from './history-lock.js';
import { syncFolder } from './sync-folder.js';

/** A history in a file; other processes may append to the same one. */
export interface FileHistory extends ReadableHistory {
  /** Resolves when everything is written and the file is closed. */
  close(): Promise<void>;
}

export interface FileHistoryOptions {
  readonly clock: Clock;
  readonly logger: Logger;
}

const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;

/**
 * Opens, or begins, the append-only history: one JSON object a line, each with the hash of the line before. The
 * folder must exist. Half a line at the end is moved to a file beside it, and an entry says so.
 *
 * @throws {MiddlewareError} ERR_HISTORY_DAMAGED when the last line is no entry: nothing can follow it.
 */
export async function openFileHistory(path: string, options: FileHistoryOptions): Promise<FileHistory> {
  const handle = await open(path, FLAGS, 0o600);
  try {
    await handle.chmod(0o600);
    await syncFolder(dirname(path));
    const history = createFileHistory(path, handle, options);
    await history.check();
    return history;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function createFileHistory(
  path: string,
  handle: FileHandle,
  { clock, logger }: FileHistoryOptions,
): FileHistory & { check(): Promise<void> } {
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(() => withHistoryLock(path, work));
    last = turn.catch(() => undefined);
    return turn;
  };

  // The tail is read anew each time: another process may have written since.
  const append = async (event: HistoryEvent): Promise<void> => {
    const tail = await soundTail();
    await write(tail, event);
  };

  const soundTail = async (): Promise<Tail> => {
    const tail = await readTail(handle, await sizeOf(handle), 1);
    if (tail.torn.length === 0) return tail;
    const keptIn = await keepAside(tail.torn, clock.now());
    await handle.truncate(tail.end);
    logger.warn({ path, keptIn, bytes: tail.torn.length }, 'History ended in half a line, which was moved aside');
    await write(tail, { kind: 'torn-line', keptIn: basename(keptIn) });
    return readTail(handle, await sizeOf(handle), 1);
  };

  const write = async ({ lines }: Tail, event: HistoryEvent): Promise<void> => {
    const before = lines.at(-1);
    const sequence = before === undefined ? 0 : parseLine(before)?.sequence;
    if (sequence === undefined) {
      throw new MiddlewareError('ERR_HISTORY_DAMAGED', 'Last line of the history is damaged', { fields: { path } });
    }
    const entry: HistoryEntry = {
      sequence: sequence + 1,
      time: new Date(clock.now()).toISOString(),
      event,
      previous: before === undefined ? NO_PREVIOUS : hashLine(before),
    };
    await handle.appendFile(`${JSON.stringify(entry)}\n`);
    await handle.datasync();
  };

  const keepAside = async (torn: Buffer, now: number): Promise<string> => {
    const keptIn = `${path}.torn-${now}`;
    const aside = await open(keptIn, 'a', 0o600);
    try {
      await aside.appendFile(torn);
      await aside.sync();
    } finally {
      await aside.close();
    }
    return keptIn;
  };

  return {
    append: (event) => inTurn(() => append(event)),
    recent: async (limit) => {
      await last;
      const { lines } = await readTail(handle, await sizeOf(handle), limit);
      return lines.flatMap((line) => parseLine(line) ?? []);
    },
    list: async ({ limit, before = Infinity }) => {
      await last;
      const { lines } = await readTail(handle, await sizeOf(handle), 100_000);
      const older = lines.flatMap((line) => parseLine(line) ?? []).filter(({ sequence }) => sequence < before);
      return { entries: older.slice(-limit).reverse(), more: older.length > limit };
    },
    verify: async () => {
      await last;
      return await verifyHistory(path);
    },
    check: () =>
      inTurn(async () => {
        const { lines } = await soundTail();
        const line = lines.at(-1);
        if (line === undefined || parseLine(line) !== undefined) return;
        throw new MiddlewareError('ERR_HISTORY_DAMAGED', 'Last line of the history is damaged', { fields: { path } });
      }),
    close: async () => {
      await last;
      await handle.close();
    },
  };
}

async function sizeOf(handle: FileHandle): Promise<number> {
  const { size }: BigIntStats = await handle.stat({ bigint: true });
  return Number(size);
}
