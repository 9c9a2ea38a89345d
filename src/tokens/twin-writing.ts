import { isMiddlewareError, PinVerificationError } from '../core/errors.js';
import type { PinReference, RetryCounter } from '../model/pin.js';
import type { RetryCounterMemory } from '../model/retry-counter-memory.js';
import { checkRetryCounter, isKnown } from './pin-guard.js';
import { createPinTryRecord, type PinTryRecord } from './pin-try-record.js';
import type { Token, WritableToken } from './token.js';
import { wiping } from './wipe-codes.js';

/**
 * A card that its vendor's module writes to, with the counter that we read from it ourselves: the module tells none, and
 * a try that it makes shall not look as if another program had made it. The module's token as it is where the card shows
 * no PIN that must be the same.
 */
export function writeThroughModule(card: Token, twin: WritableToken, memory: RetryCounterMemory): WritableToken {
  const pin = samePin(card, twin);
  if (pin === undefined) return twin;
  const asTwins = (counter: RetryCounter): RetryCounter => ({ ...counter, reference: twin.writing.pin });
  const counterNow = async (signal?: AbortSignal): Promise<RetryCounter> => {
    const found = (await card.retryCounters(signal)).find(({ reference }) => reference === pin);
    return found ?? { reference: pin, attemptsRemaining: undefined, blocked: false };
  };
  /** What could not be read is not known. */
  const counterAfter = (): Promise<RetryCounter | undefined> => counterNow().catch(() => undefined);
  // The module's token writes its tries into the history; here is only what the card's counter is expected to be.
  const record = createPinTryRecord({
    token: card.info.id,
    history: { append: () => Promise.resolve() },
    memory,
  });

  return {
    get info() {
      return twin.info;
    },
    get writing() {
      return twin.writing;
    },
    certificates: (signal) => twin.certificates(signal),
    room: (signal) => twin.room(signal),
    close: () => twin.close(),

    async retryCounters(signal) {
      const ofTwin = await twin.retryCounters(signal);
      const counter = asTwins(await counterNow(signal));
      return ofTwin.map((told) => (told.reference === counter.reference && isKnown(counter) ? counter : told));
    },

    write: (authorization, work) =>
      wiping([authorization.pin, authorization.managementKey ?? 'pin-pad'], async () => {
        const before = await counterNow(authorization.signal);
        const known = asTwins(before);
        if (isKnown(known)) checkRetryCounter(known, authorization);
        try {
          const result = await twin.write(authorization, work);
          await ended(record, before, 'accepted');
          const after = await counterAfter();
          return after !== undefined && isKnown(after) ? { ...result, retryCounter: asTwins(after) } : result;
        } catch (error) {
          await ended(record, before, error);
          const after = await counterAfter();
          throw error instanceof PinVerificationError ? withTries(error, after) : error;
        }
      }),
  };
}

/** The only PIN of a card for the same purpose as the module's. */
function samePin(card: Token, { info, writing }: WritableToken): PinReference | undefined {
  const wanted = info.pins.find(({ reference }) => reference === writing.pin);
  const [pin, ...others] = card.info.pins.filter(({ role }) => role === wanted?.role);
  return others.length === 0 ? pin?.reference : undefined;
}

async function ended(record: PinTryRecord, counter: RetryCounter, end: unknown): Promise<void> {
  const isRefused = end instanceof PinVerificationError;
  const outcome = isMiddlewareError(end) ? end.fields['codeOutcome'] : undefined;
  if (end !== 'accepted' && !isRefused && outcome === undefined) return;
  const isOpen = end !== 'accepted' && outcome !== 'accepted';
  const result = isOpen ? (end as Error) : 'accepted';
  await record.ended({ counter, result, told: undefined, purpose: 'write' });
}

const withTries = (
  { pinReference, attemptsRemaining }: PinVerificationError,
  after: RetryCounter | undefined,
): PinVerificationError => new PinVerificationError(pinReference, after?.attemptsRemaining ?? attemptsRemaining);
