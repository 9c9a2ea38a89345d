import type { HistoryEvent } from '../model/history.js';
import type { OrderResult } from '../oob/oob-service.js';
import type { Candidate } from './candidates.js';

/** The chosen card while it may be used: by one PIN entry, for one call. */
export interface CardInUse {
  readonly candidate: Candidate;
  /** Has the card sign all of these digests, or none; throws what the token throws, and when the user cancels. */
  readonly sign: (digests: readonly Uint8Array[]) => Promise<readonly Uint8Array[]>;
}

/** What one order is for: what the card signs, and what becomes of that. */
export interface OrderWork {
  /** What of the order is signed already; from then on no other certificate may go on with it. */
  readonly signed: number;
  /** How many documents the next use of this candidate signs; 0 for a login. */
  next(candidate: Candidate): number;
  /** Uses the card once; undefined while more PIN entries are needed. */
  use(card: CardInUse): Promise<OrderResult | undefined>;
  /** Called when the answer is complete, before it is handed out. */
  settle(candidate: Candidate): Promise<void>;
  /** What the history says besides who, where and how it ended. */
  event(): HistoryKind;
}

/** What happened, without its circumstances. */
export type HistoryKind =
  | Pick<Extract<HistoryEvent, { kind: 'login' }>, 'kind'>
  | Pick<Extract<HistoryEvent, { kind: 'signature' }>, 'kind' | 'documents'>;
