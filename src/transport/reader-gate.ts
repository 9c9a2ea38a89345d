import { MiddlewareError } from '../core/errors.js';
import { settleWithin, type WaitLimits } from './settle-within.js';

/**
 * Lets one user of this process at a time through to the card in one reader. Without it every waiting transaction
 * would hold a native thread in SCardBeginTransaction, and a few of them would stop the whole process.
 */
export interface ReaderGate {
  /**
   * Resolves with how to give the turn back.
   *
   * @throws {MiddlewareError} ERR_CARD_BUSY after `ms`; ERR_CARD_UNRESPONSIVE while, or as soon as, the card is given
   *   up on; ERR_ABORTED.
   */
  readonly enter: (limits: WaitLimits) => Promise<() => void>;
  /** Whether a command to the card was given up on and has not returned. */
  readonly unresponsive: boolean;
  /** Turns everybody away who waits, and whoever comes, until it is set to false. */
  readonly setUnresponsive: (unresponsive: boolean) => void;
}

interface Waiter {
  admitted: boolean;
  readonly admit: () => void;
  readonly refuse: (error: MiddlewareError) => void;
}

/** The gate of one reader; `onUnresponsive` hears when that state changes. */
export function createReaderGate(reader: string, onUnresponsive: () => void): ReaderGate {
  let occupied = false;
  let unresponsive = false;
  let waiting: Waiter[] = [];

  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) {
      occupied = false;
      return;
    }
    next.admitted = true;
    next.admit();
  };
  const leaveOnce = (): (() => void) => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      leave();
    };
  };
  const queue = async (limits: WaitLimits): Promise<void> => {
    const { promise, waiter } = createWaiter();
    waiting.push(waiter);
    const outcome = await settleWithin(promise, limits);
    if (outcome.settled) return;
    waiting = waiting.filter((other) => other !== waiter);
    // Admitted in the same turn of the loop in which the wait ended: pass the turn on.
    if (waiter.admitted) leave();
    throw outcome.because === 'aborted' ? abortedError() : busyError(reader);
  };

  return {
    get unresponsive() {
      return unresponsive;
    },
    setUnresponsive(value) {
      if (value === unresponsive) return;
      unresponsive = value;
      const refused = value ? waiting : [];
      if (value) waiting = [];
      for (const waiter of refused) waiter.refuse(unresponsiveError(reader));
      onUnresponsive();
    },
    async enter(limits) {
      if (limits.signal?.aborted === true) throw abortedError();
      if (unresponsive) throw unresponsiveError(reader);
      if (occupied) await queue(limits);
      occupied = true;
      return leaveOnce();
    },
  };
}

function createWaiter(): { promise: Promise<void>; waiter: Waiter } {
  let admit = (): void => undefined;
  let refuse: (error: MiddlewareError) => void = () => undefined;
  const promise = new Promise<void>((resolve, reject) => {
    admit = resolve;
    refuse = reject;
  });
  return { promise, waiter: { admitted: false, admit, refuse } };
}

/** The caller's signal ended the wait. */
export function abortedError(): MiddlewareError {
  return new MiddlewareError('ERR_ABORTED', 'Aborted by the caller');
}

/** Another program, or another caller in this one, keeps the card. */
export function busyError(reader: string): MiddlewareError {
  return new MiddlewareError('ERR_CARD_BUSY', 'Card is kept by another program', {
    fields: { reader },
    retriable: true,
  });
}

/** A command to this card was given up on. */
export function unresponsiveError(reader: string): MiddlewareError {
  return new MiddlewareError('ERR_CARD_UNRESPONSIVE', 'Card does not answer', { fields: { reader } });
}
