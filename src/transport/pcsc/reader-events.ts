import type { ReaderState } from '../../model/reader.js';
import type { InsertionCounter } from '../insertion-counter.js';
import type { ReaderEvent } from './winscard.js';

/** The name under which SCardGetStatusChange announces new readers. */
export const PLUG_AND_PLAY = '\\\\?PnP?\\Notification';

/** SCARD_STATE_* flags of pcsclite.h and winscard.h; the upper half of the word is the event counter. */
const CHANGED = 0x2;
const UNKNOWN = 0x4;
const PRESENT = 0x20;
const EXCLUSIVE = 0x80;
const IN_USE = 0x100;
const MUTE = 0x200;

/** At most this many entries fit in one SCardGetStatusChange (pcsc-lite: PCSCLITE_MAX_READERS_CONTEXTS). */
export const ENTRIES_PER_WAIT = 16;

/** An entry that asks for the state as it is. */
export function unawareEvent(name: string): ReaderEvent {
  return { name, state: 0, atr: new Uint8Array() };
}

/** An entry that waits for a change from this state. */
export function awaitedEvent(event: ReaderEvent): ReaderEvent {
  return { ...event, state: (event.state & ~CHANGED) >>> 0 };
}

/** Whether the reader was still there when it was asked. */
export function isKnown(event: ReaderEvent): boolean {
  return (event.state & UNKNOWN) === 0;
}

/** Our words for PC/SC's flags. `ownConnections` are those of this process, which PC/SC counts as any other's. */
export function toReaderState(
  { name, state, atr }: ReaderEvent,
  insertions: InsertionCounter,
  ownConnections: number,
): ReaderState {
  const isPresent = (state & PRESENT) !== 0;
  const isMute = (state & MUTE) !== 0 || atr.length === 0;
  return {
    name,
    card: !isPresent ? 'absent' : isMute ? 'mute' : 'present',
    atr: isPresent ? atr : new Uint8Array(),
    insertion: insertions.count(name, state >>> 16, isPresent),
    sharing:
      (state & EXCLUSIVE) !== 0 ? 'exclusive' : (state & IN_USE) !== 0 && ownConnections === 0 ? 'shared' : 'unused',
  };
}

/** Splits entries over as many calls as are needed. */
export function splitEntries(events: readonly ReaderEvent[]): ReaderEvent[][] {
  const parts: ReaderEvent[][] = [];
  for (let start = 0; start < events.length; start += ENTRIES_PER_WAIT) {
    parts.push(events.slice(start, start + ENTRIES_PER_WAIT));
  }
  return parts;
}
