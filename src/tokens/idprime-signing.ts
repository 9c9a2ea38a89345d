import { createApduExchange, type ApduExchange } from '../cards/apdu-exchange.js';
import { requireApplet } from '../cards/idprime/file-access.js';
import { dropPin, readRetryCounter, verifyPin } from '../cards/idprime/pin-commands.js';
import { computeSignature } from '../cards/idprime/signature.js';
import { isMiddlewareError, MiddlewareError, PinVerificationError } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { RetryCounter } from '../model/pin.js';
import type { CardChannel, CardTransmitter, Disposition } from '../transport/card-channel.js';
import { checkRetryCounter, isKnown, type KnownRetryCounter } from './pin-guard.js';
import type { PinTryRecord } from './pin-try-record.js';
import type { CardCost, SignRequest, SignResult } from './token.js';

/** A sign request that has passed every check that needs no card. */
export interface SigningJob {
  readonly request: SignRequest;
  /** Bytes that the signature must have. */
  readonly signatureLength: number;
}

/** What {@link createSigning} needs. */
export interface SigningOptions {
  readonly channel: CardChannel;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly record: PinTryRecord;
  /** Whether the card whose keys we know is still the one in the reader. */
  isInserted(): boolean;
  /** Told of a counter as soon as the card has told it, and again when a VERIFY has changed it. */
  onCounter(counter: RetryCounter): void;
}

/** How one transaction ended. */
type Attempt = { readonly signature: Uint8Array } | 'still-verified';

/** Transactions that may be begun anew as long as no VERIFY was sent in them. */
const MAX_ATTEMPTS = 3;

/** PIN, signature and dropping of the PIN state, in one transaction; spends at most one try, never repeats a VERIFY. */
export function createSigning(options: SigningOptions): (job: SigningJob) => Promise<SignResult> {
  return async (job) => {
    const spent: CardCost[] = [];
    for (let attempt = 1; ; attempt += 1) {
      const transaction = createTransaction(options, job);
      try {
        const result = await transaction.run();
        spent.push(transaction.cost());
        if (result !== 'still-verified') return { signature: result.signature, cost: sum(spent) };
      } catch (error) {
        spent.push(transaction.cost());
        const mayRepeat = !transaction.verifySent() && isMiddlewareError(error, 'ERR_PCSC_CARD_RESET');
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

function createTransaction(options: SigningOptions, { request, signatureLength }: SigningJob) {
  const { channel, clock, record } = options;
  const { key, algorithm, digest, pin, signal } = request;
  let disposition: Disposition = 'leave';
  let counter: KnownRetryCounter | undefined;
  let verify: 'accepted' | Error | undefined;
  let exchange: ApduExchange | undefined;
  let settled = false;

  const work = async (card: CardTransmitter): Promise<Attempt> => {
    exchange = createApduExchange(card, { clock, signal });
    await requireApplet(exchange);
    counter = await readCounter(exchange);
    if (counter === undefined) return 'still-verified';
    options.onCounter(counter);
    if (!options.isInserted()) throw new MiddlewareError('ERR_CARD_REMOVED', 'Card was replaced');
    await record.observed([counter]);
    checkRetryCounter(counter, request);
    await record.begins(counter);
    if (signal?.aborted === true) {
      await record.withdrawn(counter);
      throw new MiddlewareError('ERR_ABORTED', 'Aborted by the caller');
    }
    await verifyOnce(exchange, counter);
    const signature = await signAndDrop(exchange, card);
    return { signature };
  };

  /** A PIN that another program verified hides its counter: make the card forget, rather than guess. */
  const readCounter = async (exchange: ApduExchange): Promise<KnownRetryCounter | undefined> => {
    const first = await readRetryCounter(exchange, key.pin);
    if (isKnown(first)) return first;
    disposition = 'reset';
    if (!(await dropPin(exchange, key.pin))) return undefined;
    const second = await readRetryCounter(exchange, key.pin);
    if (!isKnown(second)) return undefined;
    disposition = 'leave';
    return second;
  };

  const verifyOnce = async (exchange: ApduExchange, known: KnownRetryCounter): Promise<void> => {
    verify = new MiddlewareError('ERR_INTERNAL', 'VERIFY without an end');
    disposition = 'reset';
    try {
      await verifyPin(exchange, known.reference, pin);
      verify = 'accepted';
    } catch (error) {
      verify = error as Error;
      if (error instanceof PinVerificationError) disposition = 'leave';
      throw error;
    } finally {
      pin.wipe();
    }
  };

  const signAndDrop = async (exchange: ApduExchange, card: CardTransmitter): Promise<Uint8Array> => {
    let answered = false;
    try {
      const signature = await computeSignature(exchange, {
        keyReference: key.reference,
        algorithm,
        digest,
        length: signatureLength,
      });
      answered = true;
      return signature;
    } catch (error) {
      answered = isCardAnswer(error);
      throw error;
    } finally {
      // An exchange of its own, since the cost ends with the signature. Where no answer came no further command would
      // arrive, and the reset does the same.
      if (answered && (await dropPin(createApduExchange(card, { clock }), key.pin))) disposition = 'leave';
    }
  };

  return {
    async run(): Promise<Attempt> {
      try {
        const attempt = await channel.transaction(work, {
          endWith: () => disposition,
          ...(signal === undefined ? {} : { signal }),
        });
        await settle();
        return attempt;
      } catch (error) {
        await settle().catch((cause: unknown) => {
          options.logger.error({ error: cause }, 'PIN try could not be written to the history');
        });
        throw error;
      }
    },
    cost: (): CardCost => ({ apduCount: exchange?.count ?? 0, cardMs: exchange?.elapsedMs ?? 0 }),
    verifySent: () => verify !== undefined,
  };

  /** After the transaction, because nobody else should wait for the disk; once, whatever comes. */
  async function settle(): Promise<void> {
    if (counter === undefined || verify === undefined || settled) return;
    settled = true;
    const attemptsRemaining = await record.ended(counter, verify, 'sign');
    if (verify !== 'accepted' && !(verify instanceof PinVerificationError)) return;
    options.onCounter({ reference: key.pin, attemptsRemaining, blocked: attemptsRemaining === 0 });
  }
}

/** The card has answered and can take another command, unlike after a removal, a time-out or an abort. */
function isCardAnswer(error: unknown): boolean {
  return isMiddlewareError(
    error,
    'ERR_CARD_STATUS',
    'ERR_CARD_SECURITY_STATUS',
    'ERR_CARD_FILE_NOT_FOUND',
    'ERR_CARD_RESPONSE',
  );
}
