import type { HistoryEntry } from '../model/history.js';
import type { ForeignPinTry, ForeignPinUse } from '../model/pin-care.js';
import type { PinReference } from '../model/pin.js';

/** What the history tells of one PIN or PUK. */
export interface PinPast {
  /** When it was last right with us. */
  readonly lastAcceptedAt: string | undefined;
  /** Tries left after our last use was refused; undefined when it was right, or nothing is known. */
  readonly attemptsRemembered: number | undefined;
  /** The newest ones, oldest first. */
  readonly foreignTries: readonly ForeignPinTry[];
  /** The newest since the PIN was last right with us. */
  readonly foreignUse: ForeignPinUse | undefined;
}

/** More than a person reads. */
const maxForeignTries = 5;

/** Looks through entries of the history, oldest first, for one PIN or PUK of one token. */
export function pastOf(entries: readonly HistoryEntry[], token: string, reference: PinReference): PinPast {
  const mine = entries.flatMap(({ time, event }) =>
    (event.kind === 'pin-try' || event.kind === 'foreign-pin-try') &&
    event.token === token &&
    event.pinReference === reference
      ? [{ time, event }]
      : [],
  );
  const foreignTries = mine.flatMap(({ time, event }): ForeignPinTry[] => {
    if (event.kind !== 'foreign-pin-try') return [];
    const { attemptsBefore, attemptsRemaining, programs } = event;
    return [{ time, attemptsBefore, attemptsRemaining, ...(programs === undefined ? {} : { programs }) }];
  });
  const last = mine.at(-1)?.event;
  const lastAcceptedAt = mine.findLast(({ event }) => event.kind === 'pin-try' && event.outcome === 'accepted')?.time;
  return {
    lastAcceptedAt,
    attemptsRemembered: last?.attemptsRemaining,
    foreignTries: foreignTries.slice(-maxForeignTries),
    foreignUse: newestUse(entries, token, lastAcceptedAt),
  };
}

function newestUse(
  entries: readonly HistoryEntry[],
  token: string,
  since: string | undefined,
): ForeignPinUse | undefined {
  for (const { time, event } of entries.toReversed()) {
    if (since !== undefined && time <= since) return undefined;
    if (event.kind !== 'foreign-use' || event.token !== token || event.what !== 'pin') continue;
    return { time, ...(event.programs === undefined ? {} : { programs: event.programs }) };
  }
  return undefined;
}
