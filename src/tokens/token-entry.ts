import type { MiddlewareError } from '../core/errors.js';
import type { RetryCounter } from '../model/pin.js';
import type { ReaderKind } from '../transport/reader-kind.js';
import type { Token, TokenCertificate } from './token.js';

/** How far we have come with the card in one reader. */
export type TokenState =
  'absent' | 'reading' | 'ready' | 'unknown' | 'mute' | 'unresponsive' | 'failed' | 'same-card' | 'skipped';

/** What is known of the card in one reader. */
export interface TokenEntry {
  readonly reader: string;
  /**
   * `unknown`: no driver claims the card; `mute`: it gives no answer to reset; `unresponsive`: a command was given up
   * on and has not returned; `failed`: it could not be read, see `error`; `same-card`: the card is offered in the
   * reader `sameAs`; `skipped`: the reader is none for cards, and we leave it alone.
   */
  readonly state: TokenState;
  /** With `ready`; likewise the next two. */
  readonly token?: Token;
  readonly certificates?: readonly TokenCertificate[];
  /** As last told by the card; after a right PIN, the most that it ever told. */
  readonly retryCounters?: readonly RetryCounter[];
  /** With `failed`, `mute` and `unresponsive`, where there is one. */
  readonly error?: MiddlewareError;
  /** With `same-card`. */
  readonly sameAs?: string;
  /** With `skipped`. */
  readonly skipped?: SkipReason;
}

/** Whether there is a card in the reader that is told of nowhere else. */
export function holdsCard({ state }: TokenEntry): boolean {
  return state !== 'absent' && state !== 'same-card' && state !== 'skipped';
}

/** `virtual`: keys of the computer or the phone card that look like a reader; `sam`: a security module inside a reader. */
export type SkipReason = Extract<ReaderKind, 'virtual' | 'sam'>;
