import { isMiddlewareError, PinVerificationError, type ErrorCode } from '../core/errors.js';
import type { History } from '../model/history.js';
import type { PinReference, RetryCounter } from '../model/pin.js';
import type { RetryCounterMemory } from '../model/retry-counter-memory.js';
import { isKnown, type KnownRetryCounter } from './pin-guard.js';

/** Writes down every PIN try on one token: ours, and those of others as far as the counters betray them. */
export interface PinTryRecord {
  /** Notes counters as the card told them; a fall that is not ours goes into the history as a foreign try. */
  observed(counters: readonly RetryCounter[]): Promise<void>;
  /** Notes that another program used the card in another way. */
  used(what: 'pin' | 'contents'): Promise<void>;
  /** To be awaited before a VERIFY is sent, so that not even a crash can make the try look foreign. */
  begins(counter: RetryCounter): Promise<void>;
  /** The VERIFY that {@link begins} announced was not sent after all. */
  withdrawn(counter: RetryCounter): Promise<void>;
  /** The most tries that this PIN was ever seen to have. */
  highest(pin: PinReference): number | undefined;
  /**
   * How the VERIFY ended: `accepted`, or what it threw; and the tries that the card told afterwards, if it did. A
   * keypad that sent nothing to the card has made no try, which is not written down.
   *
   * @returns the tries that are left then, as far as known; without the card's word, after a right PIN the most that it
   *   ever had, after an unknown end one less than before.
   */
  ended(ending: PinTryEnding): Promise<number | undefined>;
}

/** How a try ended. */
export interface PinTryEnding {
  /** Before the try; without a number where the card does not tell, as with most PUKs. */
  readonly counter: RetryCounter;
  readonly result: 'accepted' | Error;
  readonly told: number | undefined;
  readonly purpose: string;
}

/** Where {@link createPinTryRecord} writes. */
export interface PinTryRecordOptions {
  readonly token: string;
  readonly history: Pick<History, 'append'>;
  readonly memory: RetryCounterMemory;
  /** Names of the programs that used cards lately, where the system tells. */
  readonly programs?: (() => readonly string[]) | undefined;
}

/** The record of one token. History first, memory after: a crash in between repeats an entry rather than lose it. */
export function createPinTryRecord({ token, history, memory, programs }: PinTryRecordOptions): PinTryRecord {
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
        ...namesOf(programs?.()),
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
    used: (what) => history.append({ kind: 'foreign-use', token, what, ...namesOf(programs?.()) }),
    begins: (counter) => rememberKnown(counter, true),
    withdrawn: (counter) => rememberKnown(counter, false),
    highest: (pin) => memory.recall(token, pin)?.highest,
    async ended(ending) {
      const { counter, result, told, purpose } = ending;
      const pinReference = counter.reference;
      if (isNoTry(ending)) {
        await rememberKnown(counter, false);
        return counter.attemptsRemaining;
      }
      const attemptsRemaining = result === 'accepted' ? undefined : told;
      await history.append({
        kind: 'pin-try',
        token,
        pinReference,
        outcome: outcomeOf(result),
        ...(attemptsRemaining === undefined ? {} : { attemptsRemaining }),
        purpose,
      });
      const left = attemptsAfter(ending);
      if (left !== undefined) await remember(pinReference, left);
      return left;
    },
  };

  async function rememberKnown(counter: RetryCounter, tryUnderWay: boolean): Promise<void> {
    if (isKnown(counter)) await remember(counter.reference, counter.attemptsRemaining, tryUnderWay);
  }

  function attemptsAfter({ counter, result, told }: PinTryEnding): number | undefined {
    if (told !== undefined || !isKnown(counter)) return told;
    // A right PIN returns the counter to its maximum; the highest that we ever saw is what we know of that.
    if (result === 'accepted') return memory.recall(token, counter.reference)?.highest ?? counter.attemptsRemaining;
    return counter.attemptsRemaining - 1;
  }
}

/** A reader's keypad that sent nothing to the card says so with these, and the counter bears it out. */
const withoutTry: readonly ErrorCode[] = [
  'ERR_PIN_PAD_TIMEOUT',
  'ERR_PIN_PAD_CANCELLED',
  'ERR_PIN_PAD_MISMATCH',
  'ERR_PIN_PAD_REFUSED',
  'ERR_PIN_MALFORMED',
  'ERR_PUK_MALFORMED',
];

function isNoTry({ counter, result, told }: PinTryEnding): boolean {
  if (!isMiddlewareError(result) || !withoutTry.includes(result.code)) return false;
  return told === counter.attemptsRemaining;
}

function outcomeOf(result: 'accepted' | Error): 'accepted' | 'wrong' | 'blocked' | 'unknown' {
  if (result === 'accepted') return 'accepted';
  if (!(result instanceof PinVerificationError)) return 'unknown';
  return result.blocked ? 'blocked' : 'wrong';
}

function namesOf(programs: readonly string[] | undefined): { readonly programs?: readonly string[] } {
  return programs === undefined || programs.length === 0 ? {} : { programs };
}
