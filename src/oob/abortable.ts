import { MiddlewareError } from '../core/errors.js';

/** Waits no longer than the signal: rejects with ERR_ABORTED then, even if nobody listens on the other side. */
export async function abortable<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw aborted();
  return await new Promise<T>((resolve, reject) => {
    const abort = (): void => {
      reject(aborted());
    };
    signal.addEventListener('abort', abort, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => {
        signal.removeEventListener('abort', abort);
      });
  });
}

const aborted = (): MiddlewareError => new MiddlewareError('ERR_ABORTED', 'Aborted');
