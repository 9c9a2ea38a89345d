import type { ReaderSnapshot } from '../../model/reader.js';
import { createInsertionCounter } from '../insertion-counter.js';
import { settleWithin } from '../settle-within.js';
import { assertSuccess, pcscError, watchReturns } from './pcsc-errors.js';
import type { PcscSystem } from './pcsc-system.js';
import { awaitedEvent, isKnown, PLUG_AND_PLAY, splitEntries, toReaderState, unawareEvent } from './reader-events.js';
import { INFINITE, type Handle, type ReaderEvent, type Winscard } from './winscard.js';

/** While there is no service it is looked for after these times, milliseconds, the last one again and again. */
const SERVICE_RETRY_MS = [250, 500, 1000, 2000] as const;
/** How often the list of readers is read where nothing announces a new one. */
const LIST_EVERY_MS = 1000;
/** When the list of readers is read once more after a wait has begun, and how often a lost SCardCancel is repeated. */
const SETTLE_MS = 300;
const CANCEL_AGAIN_MS = 50;

/** What the watch needs. */
export interface WatchParts {
  readonly winscard: Winscard;
  readonly system: PcscSystem;
  readonly publish: (snapshot: ReaderSnapshot) => void;
  readonly ownConnections: (reader: string) => number;
}

/** Watches until stopped. */
export interface ReaderWatch {
  /** Resolves after the first snapshot. */
  readonly started: Promise<void>;
  /** Ends the wait under way; resolves when the watch holds nothing any more. */
  stop(): Promise<void>;
}

/**
 * Follows readers and cards by SCardGetStatusChange: it sleeps in the service until something changes. Only while the
 * service is away it is looked for, with growing pauses, and found again with new contexts.
 */
export function watchReaders(parts: WatchParts): ReaderWatch {
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;
  const insertions = createInsertionCounter();
  let resolveStarted = (): void => undefined;
  const started = new Promise<void>((resolve) => (resolveStarted = resolve));
  const publish = (snapshot: ReaderSnapshot): void => {
    parts.publish(snapshot);
    resolveStarted();
  };

  const follow = async (): Promise<void> => {
    let failures = 0;
    while (!isStopping()) {
      await followService(
        {
          ...parts,
          publish: (snapshot) => {
            failures = 0;
            publish(snapshot);
          },
        },
        insertions,
        stopping.signal,
      ).catch(() => undefined);
      if (isStopping()) break;
      publish({ service: 'absent', readers: [] });
      insertions.forget();
      await pause(SERVICE_RETRY_MS[Math.min(failures, SERVICE_RETRY_MS.length - 1)] ?? 0, stopping.signal);
      failures += 1;
    }
    resolveStarted();
  };
  const following = follow();
  return {
    started,
    async stop() {
      stopping.abort();
      await following;
    },
  };
}

/** Follows one life of the service; rejects when the service goes, resolves when stopped. */
async function followService(
  parts: WatchParts,
  insertions: ReturnType<typeof createInsertionCounter>,
  stopped: AbortSignal,
): Promise<void> {
  const contexts = createContexts(parts.winscard);
  try {
    while (!stopped.aborted) {
      const names = await listReaders(parts, await contexts.at(0));
      const events = (await queryStates(parts, await contexts.at(0), names)).filter(isKnown);
      parts.publish({
        service: 'available',
        readers: events.map((event) => toReaderState(event, insertions, parts.ownConnections(event.name))),
      });
      await waitForChange(parts, contexts, events, stopped);
    }
  } finally {
    await contexts.release();
  }
}

/** Contexts by number, established at first use: 0 asks, each of the others holds one wait. */
interface Contexts {
  at(index: number): Promise<Handle>;
  release(): Promise<void>;
}

function createContexts(winscard: Winscard): Contexts {
  const established: Handle[] = [];
  return {
    async at(index) {
      while (established.length <= index) {
        const { returned, context } = await winscard.establishContext();
        assertSuccess(returned, 'SCardEstablishContext');
        established.push(context);
      }
      const context = established[index];
      if (context === undefined) throw new RangeError('no such context');
      return context;
    },
    async release() {
      for (const context of established.splice(0)) await winscard.releaseContext(context);
    },
  };
}

async function listReaders({ winscard }: WatchParts, context: Handle): Promise<string[]> {
  const { returned, names } = await winscard.listReaders(context);
  if (returned === watchReturns.noReaders) return [];
  assertSuccess(returned, 'SCardListReaders');
  return names;
}

async function queryStates(
  { winscard }: WatchParts,
  context: Handle,
  names: readonly string[],
): Promise<ReaderEvent[]> {
  const found: ReaderEvent[] = [];
  for (const part of splitEntries(names.map(unawareEvent))) {
    const { returned, events } = await winscard.getStatusChange(context, 0, part);
    // A reader that went since it was listed: the others are asked again when the wait finds the list changed.
    if (!watchReturns.ordinary.includes(returned)) throw pcscError(returned, 'SCardGetStatusChange');
    if (returned === 0) found.push(...events);
  }
  return found;
}

/** Sleeps until a reader or card differs from `events`; one native wait for each 16 entries, the first to end ends all. */
async function waitForChange(
  parts: WatchParts,
  contexts: Contexts,
  events: readonly ReaderEvent[],
  stopped: AbortSignal,
): Promise<void> {
  const { winscard, system } = parts;
  const listing = await contexts.at(0);
  const pnp = system.hasPlugAndPlay ? [unawareEvent(PLUG_AND_PLAY)] : [];
  const entries = splitEntries([...pnp, ...events.map(awaitedEvent)]);
  const timeoutMs = system.hasPlugAndPlay ? INFINITE : LIST_EVERY_MS;
  const waits = await Promise.all(
    entries.map(async (part, index) => {
      const context = await contexts.at(index + 1);
      return { context, ended: winscard.getStatusChange(context, timeoutMs, part).then(({ returned }) => returned) };
    }),
  );
  if (waits.length === 0) await pause(LIST_EVERY_MS, stopped);
  const names = events.map(({ name }) => name);
  const firstEnd = Promise.race(waits.map(({ ended }) => ended));
  await settleWithin(firstEnd, { ms: SETTLE_MS, signal: stopped });
  // pcsc-lite counts the readers when the wait begins: one that came after the list was read, and before, is not
  // announced. One look after the wait has surely begun finds it.
  const isSettled = stopped.aborted || sameNames(names, await listReaders(parts, listing).catch(() => []));
  if (isSettled && !stopped.aborted) await firstEndOrStop(firstEnd, stopped);
  const returned = await Promise.all(waits.map(({ context, ended }) => endWait(winscard, context, ended)));
  const failed = returned.find((value) => !watchReturns.ordinary.includes(value));
  if (failed !== undefined) throw pcscError(failed, 'SCardGetStatusChange');
}

/** SCardCancel is lost on a wait that has not reached the service yet: it is repeated until the wait has ended. */
async function endWait(winscard: Winscard, context: Handle, ended: Promise<number>): Promise<number> {
  for (;;) {
    const outcome = await settleWithin(ended, { ms: 0 });
    if (outcome.settled) return outcome.value;
    await winscard.cancel(context);
    const afterCancel = await settleWithin(ended, { ms: CANCEL_AGAIN_MS });
    if (afterCancel.settled) return afterCancel.value;
  }
}

function firstEndOrStop(firstEnd: Promise<number>, stopped: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    stopped.addEventListener('abort', resolve, { once: true });
    firstEnd.then(resolve, reject).finally(() => stopped.removeEventListener('abort', resolve));
  });
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index]);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await settleWithin(new Promise<never>(() => undefined), { ms, signal });
}
