import { setTimeout as delay } from 'node:timers/promises';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { Logger } from '../core/ports.js';
import type { History, HistoryEvent } from '../model/history.js';
import type { ReaderState } from '../model/reader.js';
import type { ReaderTransport } from '../transport/card-channel.js';
import { readerKind } from '../transport/reader-kind.js';
import type { CardDriver, RecognizedToken } from './card-driver.js';
import type { SkipReason, TokenEntry } from './token-entry.js';

/** Follows one reader: reads each card that comes, lets go of each that leaves. */
export interface ReaderWatch {
  readonly entry: TokenEntry;
  update(state: ReaderState): void;
  /** `removed`: the reader is gone, and with it its card; `closed`: we stop watching. Never rejects. */
  end(why: 'removed' | 'closed'): Promise<void>;
}

/** What {@link createReaderWatch} needs. */
export interface ReaderWatchOptions {
  readonly reader: string;
  readonly transport: ReaderTransport;
  readonly drivers: readonly CardDriver[];
  readonly history: History;
  readonly logger: Logger;
  readonly retryDelaysMs?: readonly number[];
  onChange(): void;
}

const defaultRetryDelaysMs = [250, 500, 1000, 2000, 5000] as const;

/** One stay of a readable card, from insertion, or from its coming back to its senses, until it leaves. */
interface Visit {
  readonly controller: AbortController;
  token: RecognizedToken | undefined;
  done: Promise<void>;
}

/** A watch that knows of no card yet; of a reader that is none for cards, one that never will. */
export function createReaderWatch(options: ReaderWatchOptions): ReaderWatch {
  const kind = readerKind(options.reader);
  return kind === 'virtual' || kind === 'sam' ? skippingWatch(options.reader, kind) : followingWatch(options);
}

/** No connection is made, and what is in there is none of our business. */
function skippingWatch(reader: string, skipped: SkipReason): ReaderWatch {
  return {
    entry: { reader, state: 'skipped', skipped },
    update: () => undefined,
    end: () => Promise.resolve(),
  };
}

function followingWatch(options: ReaderWatchOptions): ReaderWatch {
  const { reader, transport, drivers, history, logger, retryDelaysMs = defaultRetryDelaysMs } = options;
  let entry: TokenEntry = { reader, state: 'absent' };
  let seen: ReaderState | undefined;
  let visit: Visit | undefined;
  /** The card that is in: whether history knows of it, and under which id. */
  let stay: { token: string | undefined; written: boolean } | undefined;
  let writing: Promise<void> = Promise.resolve();

  const show = (next: Omit<TokenEntry, 'reader'>): void => {
    entry = { reader, ...next };
    options.onChange();
  };
  const write = (event: HistoryEvent): void => {
    writing = writing
      .then(() => history.append(event))
      .catch((error: unknown) => logger.error({ reader, error }, 'History could not be written'));
  };

  const update = (state: ReaderState): void => {
    const before = seen;
    seen = state;
    if (before?.card === state.card && before.insertion === state.insertion) return;
    const swapped = before?.insertion !== state.insertion || state.card === 'absent';
    const ended = leave();
    if (swapped) depart();
    if (state.card === 'absent') {
      show({ state: 'absent' });
      return;
    }
    stay ??= { token: undefined, written: false };
    if (state.card === 'present') {
      arrive(ended);
    } else {
      noteInsertion();
      show({ state: state.card });
    }
  };

  /** Ends the visit; resolves when nothing of it is left. */
  const leave = async (): Promise<void> => {
    const leaving = visit;
    visit = undefined;
    if (leaving === undefined) return;
    leaving.controller.abort();
    await leaving.token?.token.close();
    await leaving.done;
  };

  const depart = (): void => {
    const left = stay;
    stay = undefined;
    if (left === undefined) return;
    if (!left.written) write({ kind: 'inserted', reader });
    write({ kind: 'removed', reader, ...(left.token === undefined ? {} : { token: left.token }) });
  };

  const noteInsertion = (token?: string): void => {
    if (stay === undefined || stay.written) return;
    stay = { token, written: true };
    write({ kind: 'inserted', reader, ...(token === undefined ? {} : { token }) });
  };

  const arrive = (previous: Promise<void>): void => {
    show({ state: 'reading' });
    const mine: Visit = { controller: new AbortController(), token: undefined, done: Promise.resolve() };
    visit = mine;
    mine.done = previous.then(() => attend(mine));
  };

  /** Reads the card, again and again while what hinders it may pass. Never rejects. */
  const attend = async (mine: Visit): Promise<void> => {
    const { signal } = mine.controller;
    for (let failures = 0; visit === mine; failures += 1) {
      try {
        const recognized = await read(mine);
        if (visit !== mine) return;
        noteInsertion(recognized?.token.info.id);
        show(recognized === undefined ? { state: 'unknown' } : { state: 'ready', ...recognized });
        return;
      } catch (error) {
        if (visit !== mine) return;
        const failure = asFailure(error);
        logger.warn({ reader, code: failure.code, error }, 'Card could not be read');
        noteInsertion();
        show(failedEntry(failure));
        if (!mayPass(failure)) return;
      }
      await delay(retryDelaysMs[Math.min(failures, retryDelaysMs.length - 1)], undefined, { signal, ref: false }).catch(
        () => undefined,
      );
    }
  };

  const read = async (mine: Visit): Promise<RecognizedToken | undefined> => {
    const { signal } = mine.controller;
    const channel = await transport.connect(reader, { signal });
    let taken = false;
    try {
      for (const driver of drivers) {
        const recognized = await driver.recognize(channel, {
          signal,
          isInserted: () => visit === mine,
          onRetryCounters: (retryCounters) => {
            if (visit === mine && entry.state === 'ready') show({ ...entry, retryCounters });
          },
          onCertificates: (certificates) => {
            if (visit === mine && entry.state === 'ready') show({ ...entry, certificates });
          },
        });
        if (recognized === undefined) continue;
        taken = true;
        mine.token = recognized;
        if (signal.aborted) await recognized.token.close();
        return recognized;
      }
      return undefined;
    } finally {
      if (!taken) await channel.close();
    }
  };

  return {
    get entry() {
      return entry;
    },
    update,
    async end(why) {
      const ended = leave();
      if (why === 'removed') depart();
      await ended;
      await writing;
    },
  };
}

function asFailure(error: unknown): MiddlewareError {
  if (isMiddlewareError(error)) return error;
  return new MiddlewareError('ERR_INTERNAL', 'Unexpected failure while reading a card', { cause: error });
}

function failedEntry(error: MiddlewareError): Omit<TokenEntry, 'reader'> {
  switch (error.code) {
    case 'ERR_CARD_REMOVED':
    case 'ERR_CARD_ABSENT':
    case 'ERR_PCSC_READER_GONE':
      return { state: 'absent' };
    case 'ERR_CARD_MUTE':
      return { state: 'mute', error };
    case 'ERR_CARD_UNRESPONSIVE':
      return { state: 'unresponsive', error };
    default:
      return { state: 'failed', error };
  }
}

/** Whether waiting may help: other programs, glitches of the contacts and the service; not what the card answered. */
function mayPass({ code }: MiddlewareError): boolean {
  return (
    code.startsWith('ERR_PCSC_') ||
    ['ERR_CARD_REMOVED', 'ERR_CARD_ABSENT', 'ERR_CARD_UNRESPONSIVE', 'ERR_CARD_BUSY'].includes(code)
  );
}
