import type { ApduExchange } from '../cards/apdu-exchange.js';
import type { CardApplication, CardPin } from '../cards/card-application.js';
import { readRetryCounter, readRetryCounters } from '../cards/pin-commands.js';
import { isMiddlewareError } from '../core/errors.js';
import type { Clock } from '../core/ports.js';
import type { RetryCounter } from '../model/pin.js';
import type { CardChannel, CardTransmitter, Disposition } from '../transport/card-channel.js';
import type { CardQueue } from './card-queue.js';
import { isKnown } from './pin-guard.js';
import type { PinTryRecord } from './pin-try-record.js';
import type { WatchedToken } from './token.js';

/** What {@link createWatching} works with: the ways of its token to the card. */
export interface WatchingOptions {
  readonly channel: CardChannel;
  readonly application: CardApplication;
  readonly queue: CardQueue;
  readonly record: PinTryRecord;
  readonly clock: Clock;
  requireInserted(): void;
  newExchange(card: CardTransmitter, signal: AbortSignal | undefined): ApduExchange;
  /** A transaction in which the application is selected, repeated over resets. */
  read<T>(work: (exchange: ApduExchange) => Promise<T>, signal: AbortSignal | undefined): Promise<T>;
  /** True when the contents are not what they were. */
  refresh(exchange: ApduExchange, force: boolean): Promise<boolean>;
  pins(): readonly CardPin[];
  /** As last learned. */
  counters(): readonly RetryCounter[];
  learn(counters: readonly RetryCounter[]): void;
}

/** A program that signs all day, and a card that never tells the same twice, fill no history: one entry in this time. */
const USE_REPEATED_MS = 60_000;

/** The members of a {@link WatchedToken} over a card application. */
export function createWatching(
  options: WatchingOptions,
): Pick<WatchedToken, 'isIdle' | 'glance' | 'wasReset' | 'lookAgain' | 'dropPins'> {
  const { channel, application, queue, record } = options;
  let resetsSeen = channel.foreignResets;
  let verifiedByOthers = false;
  const noted = new Map<'pin' | 'contents', number>();

  const noteUse = async (what: 'pin' | 'contents'): Promise<void> => {
    const now = options.clock.monotonic();
    if (now - (noted.get(what) ?? -Infinity) < USE_REPEATED_MS) return;
    noted.set(what, now);
    await record.used(what);
  };

  const learnFrom = async (found: readonly RetryCounter[]): Promise<void> => {
    await record.observed(found);
    options.learn(found.filter(isKnown));
  };

  return {
    get isIdle() {
      return queue.isIdle;
    },

    async glance(signal) {
      const { found, strange } = await queue.run(() => {
        options.requireInserted();
        const look = (card: CardTransmitter): Promise<Sight> =>
          readWithoutSelecting(options.newExchange(card, signal), options.pins());
        return channel.transaction(look, { signal });
      }, signal);
      const reset = channel.foreignResets !== resetsSeen;
      resetsSeen = channel.foreignResets;
      const inUse = found.some((counter) => !isKnown(counter));
      if (inUse && !verifiedByOthers) await noteUse('pin');
      verifiedByOthers = inUse;
      if (inUse) return 'in-use';
      // After a reset nothing is selected, and so nobody's selection is lost.
      if (strange) return reset ? 'changed' : 'elsewhere';
      const before = options.counters();
      return reset || found.some((counter) => movement(counter, before) !== 0) ? 'changed' : 'same';
    },

    async wasReset(signal) {
      await queue.run(() => {
        options.requireInserted();
        return channel.transaction(() => Promise.resolve(), { signal });
      }, signal);
      return channel.foreignResets !== resetsSeen;
    },

    async lookAgain(signal) {
      const { changed, found } = await options.read(async (exchange) => {
        const changed = await options.refresh(exchange, !application.freshnessIsComplete);
        return { changed, found: await readRetryCounters(exchange, options.pins()) };
      }, signal);
      const before = options.counters();
      await learnFrom(found);
      // A counter that grew: another program gave the right PIN, or the PUK.
      if (found.some((counter) => movement(counter, before) > 0)) await noteUse('pin');
      if (changed) await noteUse('contents');
    },

    async dropPins(mayDrop, signal) {
      let disposition: Disposition = 'leave';
      const dropped = await queue.run(() => {
        options.requireInserted();
        return channel.transaction(
          async (card) => {
            // A program that came while we waited for the card holds it no longer, but may be logged in.
            if (!(await mayDrop())) return false;
            const exchange = options.newExchange(card, signal);
            await application.select(exchange);
            for (const pin of options.pins()) {
              if (isKnown(await readRetryCounter(exchange, pin))) continue;
              if (!(await application.dropPin(exchange, pin))) disposition = 'reset';
            }
            return true;
          },
          { signal, endWith: () => disposition },
        );
      }, signal);
      if (dropped) verifiedByOthers = false;
      return dropped;
    },
  };
}

/** What the card tells without being asked to select anything; `strange`: something else is selected. */
interface Sight {
  readonly found: readonly RetryCounter[];
  readonly strange: boolean;
}

async function readWithoutSelecting(exchange: ApduExchange, pins: readonly CardPin[]): Promise<Sight> {
  const found: RetryCounter[] = [];
  for (const pin of pins) {
    try {
      found.push(await readRetryCounter(exchange, pin));
    } catch (error) {
      if (!isMiddlewareError(error, 'ERR_CARD_STATUS', 'ERR_CARD_SECURITY_STATUS', 'ERR_CARD_FILE_NOT_FOUND')) {
        throw error;
      }
      return { found, strange: true };
    }
  }
  return { found, strange: false };
}

/** By how much a counter grew since it was last learned; 0 where one of the two is not known. */
function movement(counter: RetryCounter, before: readonly RetryCounter[]): number {
  const last = before.find(({ reference }) => reference === counter.reference)?.attemptsRemaining;
  return last === undefined || counter.attemptsRemaining === undefined ? 0 : counter.attemptsRemaining - last;
}
