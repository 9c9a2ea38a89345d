import { MiddlewareError } from '../core/errors.js';

/** Lets one operation at a time through to a card. */
export interface CardQueue {
  /** Whether nothing runs or waits. */
  readonly isIdle: boolean;
  /**
   * Runs `work` when everything before it has ended, however it ended. The signal ends the wait for that; work that has
   * begun watches it itself, so that nothing goes on behind its caller's back.
   *
   * @throws {MiddlewareError} ERR_ABORTED when the signal ended the wait; what `work` throws.
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** An empty queue. */
export function createCardQueue(): CardQueue {
  let last: Promise<unknown> = Promise.resolve();
  let pending = 0;
  return {
    get isIdle() {
      return pending === 0;
    },
    async run(work, signal) {
      const before = last;
      pending += 1;
      const turn = waitFor(before, signal)
        .then(work)
        .finally(() => (pending -= 1));
      // Whoever gives up waiting leaves the queue, not a gap in it: the next one waits for those before as well.
      last = Promise.allSettled([before, turn]).then(() => undefined);
      return turn;
    },
  };
}

async function waitFor(before: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new MiddlewareError('ERR_ABORTED', 'Aborted by the caller'));
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
  });
  try {
    await Promise.race([aborted, before]);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}
