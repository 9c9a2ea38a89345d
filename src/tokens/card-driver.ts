import type { RetryCounter } from '../model/pin.js';
import type { CardChannel } from '../transport/card-channel.js';
import type { Token, TokenCertificate } from './token.js';

/** Makes {@link Token}s of cards. */
export interface CardDriver {
  /**
   * Asks the card what it is, and reads it where that is known. Costs no PIN try. The token takes the channel over;
   * without a token it stays the caller's.
   *
   * @throws {MiddlewareError} what the channel throws; ERR_CARD_STATUS, ERR_CARD_RESPONSE and their relatives when the
   *   card is of a known family but cannot be read.
   */
  recognize(channel: CardChannel, context: RecognitionContext): Promise<RecognizedToken | undefined>;
}

/** What a driver gets told about the card besides the channel. */
export interface RecognitionContext {
  readonly signal: AbortSignal;
  /** Whether the card that `channel` was opened for has not been pulled since. */
  isInserted(): boolean;
  /** Called whenever an operation of the token has learned the counters anew. */
  onRetryCounters(counters: readonly RetryCounter[]): void;
  /** Called whenever an operation of the token has read certificates anew. */
  onCertificates(certificates: readonly TokenCertificate[]): void;
}

/** A token and what its card told at first sight. */
export interface RecognizedToken {
  readonly token: Token;
  readonly certificates: readonly TokenCertificate[];
  readonly retryCounters: readonly RetryCounter[];
}
