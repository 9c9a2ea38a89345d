import { definedFields, type ErrorCode } from '../core/errors.js';
import type { CardEvent, CardEventCard, CardEventPin, CardEventProblem, CardEventReader } from '../model/card-event.js';
import type { HistoryEvent } from '../model/history.js';
import type { TokenEntry } from '../tokens/token-registry.js';

/** What is in each reader, as subscribers are told. */
export function describeReaders(entries: readonly TokenEntry[]): readonly CardEventReader[] {
  return entries.map(describeReader);
}

function describeReader(entry: TokenEntry): CardEventReader {
  const { reader, state, sameAs, skipped } = entry;
  const problem = problemOf(entry);
  const card = describeCard(entry);
  return {
    name: reader,
    state,
    ...(sameAs === undefined ? {} : { sameAs }),
    ...(skipped === undefined ? {} : { skipped }),
    ...(problem === undefined ? {} : { problem }),
    ...(card === undefined ? {} : { card }),
  };
}

function problemOf({ state, error }: TokenEntry): CardEventProblem | undefined {
  switch (state) {
    case 'absent':
    case 'reading':
    case 'ready':
    case 'same-card':
    case 'skipped':
      return undefined;
    case 'unknown':
      return { code: 'ERR_CARD_UNKNOWN', fields: {} };
    case 'mute':
      return problemIn(error, 'ERR_CARD_MUTE');
    case 'unresponsive':
      return problemIn(error, 'ERR_CARD_UNRESPONSIVE');
    case 'failed':
      return problemIn(error, 'ERR_INTERNAL');
  }
}

function problemIn(error: TokenEntry['error'], otherwise: ErrorCode): CardEventProblem {
  return error === undefined
    ? { code: otherwise, fields: {} }
    : { code: error.code, fields: definedFields(error.fields) };
}

function describeCard({ token, certificates, retryCounters }: TokenEntry): CardEventCard | undefined {
  if (token === undefined) return undefined;
  const { id, product, serial, label, pins } = token.info;
  return {
    id,
    product,
    serial,
    label,
    pins: pins.map(({ reference, role }): CardEventPin => {
      const counter = retryCounters?.find((candidate) => candidate.reference === reference);
      const attemptsRemaining = counter?.attemptsRemaining;
      return {
        reference,
        role,
        ...(attemptsRemaining === undefined ? {} : { attemptsRemaining }),
        blocked: counter?.blocked ?? false,
      };
    }),
    certificateCount: certificates?.length ?? 0,
  };
}

/** Tells what happened from one state of the registry to the next. */
export interface CardEventSource {
  /** What happened since the last call, in the order in which it is told. */
  follow(entries: readonly TokenEntry[]): readonly CardEvent[];
}

/** A source that takes these entries for known. */
export function createCardEventSource(known: readonly TokenEntry[]): CardEventSource {
  let before = known;
  /** Which card was last read in each reader and not seen to leave: a quick swap has no empty reader in between. */
  const inserted = new Map<string, string>();
  const note = ({ reader, state, token }: TokenEntry): void => {
    if (state === 'absent') inserted.delete(reader);
    else if (token !== undefined) inserted.set(reader, token.info.id);
  };
  for (const entry of known) note(entry);

  const departure = ({ reader, state }: TokenEntry): readonly CardEvent[] => {
    const token = inserted.get(reader);
    if (state === 'absent' || state === 'skipped') return [];
    return [{ kind: 'card-removed', reader, ...(token === undefined ? {} : { token }) }];
  };

  const changes = (old: TokenEntry, entry: TokenEntry): readonly CardEvent[] => {
    if (old === entry) return [];
    const { reader, state, skipped } = entry;
    if (skipped !== undefined) return [{ kind: 'reader-skipped', reader, skipped }];
    if (state === 'absent') return departure(old);
    const last = inserted.get(reader);
    const swapped = last !== undefined && entry.token !== undefined && last !== entry.token.info.id;
    const arrived = old.state === 'absent' || swapped;
    return [
      ...(swapped ? departure(old) : []),
      ...(arrived ? [{ kind: 'card-inserted' as const, reader }] : []),
      ...stateEvents(old, entry),
    ];
  };

  return {
    follow(entries) {
      const gone = before.filter(({ reader }) => !entries.some((entry) => entry.reader === reader));
      const events = [
        ...gone.flatMap((entry) => [...departure(entry), { kind: 'reader-removed' as const, reader: entry.reader }]),
        ...entries.flatMap((entry) => {
          const { reader } = entry;
          const old = before.find((candidate) => candidate.reader === reader);
          const added = old === undefined ? [{ kind: 'reader-added' as const, reader }] : [];
          return [...added, ...changes(old ?? { reader, state: 'absent' }, entry)];
        }),
      ];
      before = entries;
      for (const { reader } of gone) inserted.delete(reader);
      for (const entry of entries) note(entry);
      return events;
    },
  };
}

function stateEvents(before: TokenEntry, after: TokenEntry): readonly CardEvent[] {
  const { reader, sameAs } = after;
  if (sameAs !== undefined) return sameAs === before.sameAs ? [] : [{ kind: 'card-same', reader, sameAs }];
  const problem = problemOf(after);
  if (problem !== undefined) {
    return problem.code === problemOf(before)?.code ? [] : [{ kind: 'card-failed', reader, problem }];
  }
  const card = describeCard(after);
  if (card === undefined) return [];
  const old = before.token?.info.id === card.id ? describeCard(before) : undefined;
  if (old === undefined) return [{ kind: 'card-ready', reader, card }];
  return [
    ...(before.certificates === after.certificates ? [] : [{ kind: 'contents-changed' as const, reader, card }]),
    ...card.pins.flatMap((pin) => counterEvents(reader, card.id, old, pin)),
  ];
}

function counterEvents(reader: string, token: string, old: CardEventCard, pin: CardEventPin): readonly CardEvent[] {
  const was = old.pins.find(({ reference }) => reference === pin.reference);
  if (was?.attemptsRemaining === pin.attemptsRemaining && was?.blocked === pin.blocked) return [];
  const attemptsBefore = was?.attemptsRemaining;
  return [{ kind: 'pin-counter', reader, token, pin, ...(attemptsBefore === undefined ? {} : { attemptsBefore }) }];
}

/** The event that an entry of the history is to subscribers; the readers tell of the rest. */
export function cardEventOf(event: HistoryEvent): CardEvent | undefined {
  return event.kind === 'foreign-pin-try' || event.kind === 'foreign-use' ? event : undefined;
}
