import { PinVerificationError } from '../core/errors.js';
import type { History } from '../model/history.js';
import type { PinReference, RetryCounter } from '../model/pin.js';
import type { RetryCounterMemory } from '../model/retry-counter-memory.js';
import { isKnown, type KnownRetryCounter } from './pin-guard.js';

/** Writes down every PIN try on one token: ours, and those of others as far as the counters betray them. */
export interface PinTryRecord {
  /** Notes counters as the card told them; a fall that is not ours goes into the history as a foreign try. */
  observed(counters: readonly RetryCounter[]): Promise<void>;
  /** To be awaited before a VERIFY is sent, so that not even a crash can make the try look foreign. */
  begins(counter: KnownRetryCounter): Promise<void>;
  /** The VERIFY that {@link begins} announced was not sent after all. */
  withdrawn(counter: KnownRetryCounter): Promise<void>;
  /**
   * How the VERIFY ended: `accepted`, or what it threw.
   *
   * @returns the tries that are left then; after a right PIN the most that it ever had, after an unknown end one less
   *   than before.
   */
  ended(counter: KnownRetryCounter, result: 'accepted' | Error, purpose: string): Promise<number>;
}

/** Where {@link createPinTryRecord} writes. */
export interface PinTryRecordOptions {
  readonly token: string;
  readonly history: History;
  readonly memory: RetryCounterMemory;
}

/** The record of one token. History first, memory after: a crash in between repeats an entry rather than lose it. */
export function createPinTryRecord({ token, history, memory }: PinTryRecordOptions): PinTryRecord {
  const observe = async (counter: KnownRetryCounter): Promise<void> => {
    const { reference: pinReference, attemptsRemaining } = counter;
    const before = memory.recall(token, pinReference);
    if (before?.tryUnderWay === true) {
      await history.append({
        kind: 'pin-try',
        token,
        pinReference,
        outcome: 'unknown',
        attemptsRemaining,
        purpose: 'interrupted',
      });
    }
    // A try of ours that was cut off may have counted: only what is lower still is foreign.
    const expected = before === undefined ? 0 : before.attemptsRemaining - (before.tryUnderWay ? 1 : 0);
    if (attemptsRemaining < expected) {
      await history.append({
        kind: 'foreign-pin-try',
        token,
        pinReference,
        attemptsBefore: expected,
        attemptsRemaining,
      });
    }
    await remember(pinReference, attemptsRemaining);
  };

  const remember = async (pin: PinReference, attemptsRemaining: number, tryUnderWay = false): Promise<void> => {
    const before = memory.recall(token, pin);
    const highest = Math.max(before?.highest ?? 0, attemptsRemaining);
    const unchanged = before?.attemptsRemaining === attemptsRemaining && before.tryUnderWay === tryUnderWay;
    if (!unchanged) await memory.remember(token, pin, { attemptsRemaining, highest, tryUnderWay });
  };

  return {
    async observed(counters) {
      for (const counter of counters) if (isKnown(counter)) await observe(counter);
    },
    begins: (counter) => remember(counter.reference, counter.attemptsRemaining, true),
    withdrawn: (counter) => remember(counter.reference, counter.attemptsRemaining),
    async ended(counter, result, purpose) {
      const pinReference = counter.reference;
      const told = result instanceof PinVerificationError ? result.attemptsRemaining : undefined;
      const outcome =
        result === 'accepted' ? 'accepted' : told === undefined ? 'unknown' : told === 0 ? 'blocked' : 'wrong';
      await history.append({
        kind: 'pin-try',
        token,
        pinReference,
        outcome,
        ...(told === undefined ? {} : { attemptsRemaining: told }),
        purpose,
      });
      const left = attemptsAfter(counter, result === 'accepted', told);
      await remember(pinReference, left);
      return left;
    },
  };

  function attemptsAfter(counter: KnownRetryCounter, accepted: boolean, told: number | undefined): number {
    // A right PIN returns the counter to its maximum; the highest that we ever saw is what we know of that.
    if (accepted) return memory.recall(token, counter.reference)?.highest ?? counter.attemptsRemaining;
    return told ?? counter.attemptsRemaining - 1;
  }
}
