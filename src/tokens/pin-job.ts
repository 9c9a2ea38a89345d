import type { ApduExchange } from '../cards/apdu-exchange.js';
import type { CardPin } from '../cards/card-application.js';
import type { RetryCounter } from '../model/pin.js';
import type { CardTransmitter } from '../transport/card-channel.js';
import type { CardCost, PinUse } from './token.js';

/** One use of a PIN or PUK that has passed every check that needs no card. */
export interface PinJob<T> {
  readonly pin: CardPin;
  /** Whose tries a wrong code costs. */
  readonly atStake: 'PIN' | 'PUK';
  /** For the history. */
  readonly purpose: string;
  /** Whether the code comes with a new PIN; a card that took it need not hold it for verified afterwards. */
  readonly setsPin: boolean;
  readonly use: PinUse;
  /** The card is reset at the end, whatever becomes of the work: the PIN is not all that it must forget. */
  readonly resets?: boolean;
  /** The one command that may cost a try; throws what the card answers. */
  spend(exchange: ApduExchange, card: CardTransmitter): Promise<void>;
  /** What the verified PIN is for; its commands end the count of the cost. */
  then(exchange: ApduExchange): Promise<T>;
}

/** What a {@link PinJob} came to. */
export interface PinJobResult<T> {
  readonly value: T;
  /** After the try, as far as known. */
  readonly retryCounter: RetryCounter;
  readonly cost: CardCost;
}
