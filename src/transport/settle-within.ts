/** What became of a call that was waited for within limits. */
export type Outcome<T> =
  { readonly settled: true; readonly value: T } | { readonly settled: false; readonly because: 'time' | 'aborted' };

/** How long to wait, milliseconds, and what ends the wait earlier. */
export interface WaitLimits {
  readonly ms: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Waits for a call that cannot be cancelled; the call itself goes on after the wait has ended. A rejection of the call
 * within the limits rejects; a later one is left to whoever else holds the promise and never goes unhandled.
 */
export async function settleWithin<T>(call: Promise<T>, limits: WaitLimits): Promise<Outcome<T>> {
  const { ms, signal } = limits;
  let stop = (): void => undefined;
  const limit = new Promise<Outcome<T>>((resolve) => {
    const onAbort = (): void => resolve({ settled: false, because: 'aborted' });
    const timer = setTimeout(() => resolve({ settled: false, because: 'time' }), ms);
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    stop = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
  });
  try {
    return await Promise.race([call.then((value) => ({ settled: true, value }) as const), limit]);
  } finally {
    stop();
  }
}
