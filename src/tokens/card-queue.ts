import { MiddlewareError } from '../core/errors.js';

/** Lets one operation at a time through to a card. */
export interface CardQueue {
  /**
   * Runs `work` when everything before it has ended, however it ended.
   *
   * @throws {MiddlewareError} ERR_ABORTED when the signal ends the wait; what `work` throws.
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** An empty queue. */
export function createCardQueue(): CardQueue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    async run(work, signal) {
      const turn = last.then(async () => {
        if (signal?.aborted === true) throw aborted();
        return work();
      });
      last = turn.catch(() => undefined);
      return signal === undefined ? turn : unlessAborted(turn, signal);
    },
  };
}

/** Work that has begun watches the signal itself; this ends the wait of work that has not. */
async function unlessAborted<T>(turn: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => undefined;
  const abort = new Promise<never>((_, reject) => {
    onAbort = () => reject(aborted());
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([turn, abort]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const aborted = (): MiddlewareError => new MiddlewareError('ERR_ABORTED', 'Aborted by the caller');
