import { MiddlewareError } from '../core/errors.js';
import type { TokenEntry, TokenRegistry } from '../tokens/token-registry.js';

/** Longer than any card takes to be read. */
const maxWaitMs = 10_000;

/** The entries once no card is being read, or after a while with one that still is: it may just have been inserted. */
export async function settledEntries(
  tokens: Pick<TokenRegistry, 'entries' | 'subscribe'>,
  signal: AbortSignal,
): Promise<readonly TokenEntry[]> {
  const isSettled = (): boolean => tokens.entries.every(({ state }) => state !== 'reading');
  if (isSettled()) return tokens.entries;
  await new Promise<void>((resolve, reject) => {
    const end = (): void => {
      unsubscribe();
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    const settle = (): void => {
      end();
      resolve();
    };
    const onAbort = (): void => {
      end();
      reject(new MiddlewareError('ERR_ABORTED', 'Aborted by the caller'));
    };
    const timer = setTimeout(settle, maxWaitMs);
    const unsubscribe = tokens.subscribe(() => {
      if (isSettled()) settle();
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  return tokens.entries;
}
