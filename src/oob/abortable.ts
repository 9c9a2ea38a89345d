import { MiddlewareError } from '../core/errors.js';

/** Waits no longer than the signal: rejects with ERR_ABORTED then, even if nobody listens on the other side. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      reject(new MiddlewareError('ERR_ABORTED', 'Aborted'));
    };
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
    if (signal.aborted) abort();
  });
}
