import { later } from './timer.js';

/** Tells everybody who waits that something has changed. */
export class ChangeSignal {
  readonly #waiters = new Set<() => void>();

  notify(): void {
    for (const waiter of [...this.#waiters]) waiter();
  }

  /** Resolves at the next change, after `waitMs`, or when the signal aborts; never rejects. */
  async wait(waitMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || waitMs <= 0) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = later(waitMs, done);
      signal.addEventListener('abort', done, { once: true });
      this.#waiters.add(done);
    });
  }
}
