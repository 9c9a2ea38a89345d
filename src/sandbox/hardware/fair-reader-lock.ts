import type { ReaderLock } from '../../transport/simulator/simulated-reader.js';

interface Waiter {
  readonly holder: object;
  readonly grant: () => void;
}

/** The transaction lock of a reader: first come, first served, reentrant for its holder. */
export class FairReaderLock implements ReaderLock {
  #holder: object | undefined;
  #depth = 0;
  #queue: Waiter[] = [];

  acquire(holder: object, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    if (this.#holder === undefined || this.#holder === holder) {
      this.#take(holder);
      return Promise.resolve();
    }
    return this.#wait(holder, signal);
  }

  isFreeFor(holder: object): boolean {
    return this.#holder === undefined || this.#holder === holder;
  }

  release(holder: object): void {
    if (this.#holder !== holder) return;
    this.#depth -= 1;
    if (this.#depth === 0) this.#passOn();
  }

  releaseAll(holder: object): void {
    if (this.#holder !== holder) return;
    this.#depth = 0;
    this.#passOn();
  }

  #take(holder: object): void {
    this.#holder = holder;
    this.#depth += 1;
  }

  #wait(holder: object, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#queue = this.#queue.filter((candidate) => candidate !== waiter);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        holder,
        grant: () => {
          signal?.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#queue.push(waiter);
    });
  }

  #passOn(): void {
    this.#holder = undefined;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#take(next.holder);
    next.grant();
    // The same holder may wait more than once, from two calls at the same time.
    for (const waiter of this.#queue.filter((candidate) => candidate.holder === next.holder)) {
      this.#take(next.holder);
      waiter.grant();
    }
    this.#queue = this.#queue.filter((candidate) => candidate.holder !== next.holder);
  }
}
