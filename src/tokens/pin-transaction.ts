import { createApduExchange, type ApduExchange } from '../cards/apdu-exchange.js';
import type { ApduTrace } from '../cards/apdu-trace.js';
import type { CardApplication } from '../cards/card-application.js';
import { readRetryCounter } from '../cards/pin-commands.js';
import { isMiddlewareError, MiddlewareError, PinVerificationError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { RetryCounter } from '../model/pin.js';
import type { CardChannel, CardTransmitter, Disposition } from '../transport/card-channel.js';
import { checkRetryCounter, isKnown } from './pin-guard.js';
import type { PinJob, PinJobResult } from './pin-job.js';
import type { PinTryRecord } from './pin-try-record.js';
import { isCardAnswer, judgeRefusal, withCodeOutcome } from './pin-verdict.js';
import type { CardCost } from './token.js';

/** What {@link createPinTransactions} needs. */
export interface PinTransactionOptions {
  readonly channel: CardChannel;
  readonly application: CardApplication;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly record: PinTryRecord;
  readonly readerTakesExtended: boolean;
  readonly trace: () => ApduTrace | undefined;
  /** Whether the card that we know is still the one in the reader. */
  isInserted(): boolean;
  /** Told of a counter as soon as the card has told it, and again when a VERIFY has changed it. */
  onCounter(counter: RetryCounter): void;
}

/** How one transaction ended. */
type Attempt<T> = { readonly value: T } | 'still-verified';

/** Transactions that may be begun anew as long as no VERIFY was sent in them. */
const MAX_ATTEMPTS = 3;

/** Runs a PIN job: code, work and dropping of the PIN state in one transaction; never repeats what may cost a try. */
export function createPinTransactions(options: PinTransactionOptions): <T>(job: PinJob<T>) => Promise<PinJobResult<T>> {
  return async (job) => {
    const spent: CardCost[] = [];
    for (let attempt = 1; ; attempt += 1) {
      const transaction = new PinTransaction(options, job);
      try {
        const result = await transaction.run();
        spent.push(transaction.cost);
        if (result !== 'still-verified') {
          return { value: result.value, retryCounter: transaction.counterAfter, cost: sum(spent) };
        }
      } catch (error) {
        spent.push(transaction.cost);
        const mayRepeat = !transaction.codeSent && isMiddlewareError(error, 'ERR_PCSC_CARD_RESET');
        if (!mayRepeat || attempt === MAX_ATTEMPTS) throw error;
      }
      if (attempt === MAX_ATTEMPTS) {
        throw new MiddlewareError('ERR_CARD_RESPONSE', 'Card stays verified even over a reset');
      }
    }
  };
}

const sum = (costs: readonly CardCost[]): CardCost => ({
  apduCount: costs.reduce((total, { apduCount }) => total + apduCount, 0),
  cardMs: costs.reduce((total, { cardMs }) => total + cardMs, 0),
});

class PinTransaction<T> {
  readonly #options: PinTransactionOptions;
  readonly #job: PinJob<T>;
  #disposition: Disposition = 'leave';
  /** Of the code at stake, before the try. */
  #counter: RetryCounter | undefined;
  #result: 'accepted' | Error | undefined;
  /** The counter as the card told it after the try. */
  #told: RetryCounter | undefined;
  /** The card called the code refused, and holds the PIN for verified. */
  #heldVerified = false;
  #after: RetryCounter | undefined;
  #exchange: ApduExchange | undefined;
  #settled = false;

  constructor(options: PinTransactionOptions, job: PinJob<T>) {
    this.#options = options;
    this.#job = job;
  }

  get cost(): CardCost {
    return { apduCount: this.#exchange?.count ?? 0, cardMs: this.#exchange?.elapsedMs ?? 0 };
  }

  /** Whether a command that may cost a try has been sent. */
  get codeSent(): boolean {
    return this.#result !== undefined;
  }

  get counterAfter(): RetryCounter {
    const { reference } = this.#job.pin;
    return this.#after ?? { reference, attemptsRemaining: undefined, blocked: false };
  }

  async run(): Promise<Attempt<T>> {
    const { channel, logger } = this.#options;
    const { signal } = this.#job.use;
    try {
      const attempt = await channel.transaction((card) => this.#work(card), {
        signal,
        endWith: () => this.#disposition,
      });
      await this.#settle();
      return attempt;
    } catch (error) {
      await this.#settle().catch((cause: unknown) => {
        logger.error({ error: cause }, 'PIN try could not be written to the history');
      });
      throw withCodeOutcome(error, this.#result, this.#job.setsPin || this.#told === undefined);
    }
  }

  async #work(card: CardTransmitter): Promise<Attempt<T>> {
    const { application, record } = this.#options;
    const { use, atStake } = this.#job;
    const exchange = this.#newExchange(card, use.signal);
    this.#exchange = exchange;
    await application.select(exchange);
    const counter = await this.#readCounter(exchange);
    if (counter === undefined) return 'still-verified';
    this.#counter = counter;
    if (!this.#options.isInserted()) throw new MiddlewareError('ERR_CARD_REMOVED', 'Card was replaced');
    if (isKnown(counter)) {
      if (atStake === 'PIN') this.#options.onCounter(counter);
      await record.observed([counter]);
      checkRetryCounter(counter, use, atStake);
    }
    await record.begins(counter);
    if (use.signal?.aborted === true) {
      await record.withdrawn(counter);
      throw new MiddlewareError('ERR_ABORTED', 'Aborted by the caller');
    }
    await this.#spend(exchange, card);
    return { value: await this.#useAndDrop(exchange, card) };
  }

  #newExchange(card: CardTransmitter, signal?: AbortSignal): ApduExchange {
    const { clock, readerTakesExtended, trace } = this.#options;
    return createApduExchange(card, { clock, signal, trace: trace(), readerTakesExtended });
  }

  /** A PIN that another program verified hides its counter: make the card forget, rather than guess. */
  async #readCounter(exchange: ApduExchange): Promise<RetryCounter | undefined> {
    const { pin, atStake } = this.#job;
    if (atStake === 'PUK') return await this.#readPukCounter(exchange);
    const first = await readRetryCounter(exchange, pin);
    if (isKnown(first)) return first;
    this.#disposition = 'reset';
    if (!(await this.#options.application.dropPin(exchange, pin))) return undefined;
    const second = await readRetryCounter(exchange, pin);
    if (!isKnown(second)) return undefined;
    this.#disposition = 'leave';
    return second;
  }

  async #readPukCounter(exchange: ApduExchange): Promise<RetryCounter> {
    const { puk } = this.#job.pin;
    if (puk === undefined) throw new MiddlewareError('ERR_TOKEN_OPERATION_UNSUPPORTED', 'PIN has no PUK');
    if (puk.readable) return await readRetryCounter(exchange, puk);
    return { reference: puk.reference, attemptsRemaining: undefined, blocked: false };
  }

  async #spend(exchange: ApduExchange, card: CardTransmitter): Promise<void> {
    this.#result = new MiddlewareError('ERR_INTERNAL', 'VERIFY without an end');
    this.#disposition = 'reset';
    try {
      await this.#job.spend(exchange, card);
      this.#result = 'accepted';
    } catch (error) {
      this.#result = error as Error;
      // Whatever the card said, its counter says what that cost.
      if (isCardAnswer(error)) await this.#learnCounter(card);
      const judged = judgeRefusal(error, {
        before: this.#counter?.attemptsRemaining,
        after: this.#told?.attemptsRemaining,
        heldVerified: this.#heldVerified,
        atStake: this.#job.atStake,
      });
      this.#result = this.#heldVerified ? 'accepted' : judged;
      const isLocked = this.#told !== undefined || this.#job.atStake === 'PUK';
      if (judged instanceof PinVerificationError && isLocked) this.#disposition = 'leave';
      throw judged;
    }
  }

  async #useAndDrop(exchange: ApduExchange, card: CardTransmitter): Promise<T> {
    let answered = false;
    try {
      const value = await this.#job.then(exchange);
      answered = true;
      return value;
    } catch (error) {
      answered = isCardAnswer(error);
      throw error;
    } finally {
      // Where no answer came no further command would arrive, and the reset does the same.
      if (answered) await this.#drop(card);
    }
  }

  async #drop(card: CardTransmitter): Promise<void> {
    const { application, record } = this.#options;
    const { pin, atStake } = this.#job;
    // An exchange of its own, since the cost ends with the work.
    if (!(await this.#isDropped(application.dropPin(this.#newExchange(card), pin)))) return;
    if (this.#job.resets !== true) this.#disposition = 'leave';
    const before = this.#counter?.attemptsRemaining;
    // A right code brings the counter back to its maximum: what that is we know only if it was there before.
    if (atStake === 'PUK' || before !== record.highest(pin.reference)) await this.#learnCounter(card);
  }

  /** A card that answers nonsense is reset; what was done with the PIN is done. */
  async #isDropped(dropping: Promise<boolean>): Promise<boolean> {
    try {
      return await dropping;
    } catch (error) {
      if (!isCardAnswer(error)) throw error;
      this.#options.logger.warn({ error }, 'PIN state could not be dropped');
      return false;
    }
  }

  /** Best effort: what it cannot learn it leaves open. */
  async #learnCounter(card: CardTransmitter): Promise<void> {
    const { pin, atStake } = this.#job;
    const failed = this.#result !== 'accepted';
    if (failed && atStake === 'PUK' && pin.puk?.readable !== true) return;
    const asked = failed && atStake === 'PUK' && pin.puk !== undefined ? pin.puk : pin;
    try {
      const told = await readRetryCounter(this.#newExchange(card), asked);
      if (isKnown(told)) this.#told = told;
      else if (failed && atStake === 'PIN') this.#heldVerified = true;
    } catch (error) {
      this.#options.logger.warn({ error }, 'Retry counter could not be read after a try');
    }
  }

  /** After the transaction, because nobody else should wait for the disk; once, whatever comes. */
  async #settle(): Promise<void> {
    const [counter, result] = [this.#counter, this.#result];
    if (counter === undefined || result === undefined || this.#settled) return;
    this.#settled = true;
    const { pin, atStake, purpose } = this.#job;
    const { record } = this.#options;
    const ofStake = this.#told?.reference === counter.reference ? this.#told.attemptsRemaining : undefined;
    const told = ofStake ?? (result instanceof PinVerificationError ? result.attemptsRemaining : undefined);
    const left = await record.ended({ counter, result, told, purpose });
    if (atStake === 'PUK') {
      if (result !== 'accepted' || this.#told === undefined) return;
      await record.observed([this.#told]);
      this.#after = this.#told;
    } else {
      if (left === undefined || (result !== 'accepted' && told === undefined)) return;
      this.#after = { reference: pin.reference, attemptsRemaining: left, blocked: left === 0 };
    }
    this.#options.onCounter(this.#after);
  }
}
