import type { MiddlewareError } from '../core/errors.js';
import type { RetryCounter } from '../model/pin.js';
import type { Token, TokenCertificate } from './token.js';

/** What is known of the card in one reader. */
export interface TokenEntry {
  readonly reader: string;
  /**
   * `unknown`: no driver claims the card; `mute`: it gives no answer to reset; `unresponsive`: a command was given up
   * on and has not returned; `failed`: it could not be read, see `error`.
   */
  readonly state: 'absent' | 'reading' | 'ready' | 'unknown' | 'mute' | 'unresponsive' | 'failed';
  /** With `ready`; likewise the next two. */
  readonly token?: Token;
  readonly certificates?: readonly TokenCertificate[];
  /** As last told by the card; after a right PIN, the most that it ever told. */
  readonly retryCounters?: readonly RetryCounter[];
  /** With `failed`, `mute` and `unresponsive`, where there is one. */
  readonly error?: MiddlewareError;
}
