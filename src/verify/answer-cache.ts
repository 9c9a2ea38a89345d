/** An answer that counts until a time of its own. */
export interface KeptAnswer<T> {
  readonly value: T;
  /** Milliseconds since the epoch. */
  readonly validUntil: number;
}

/** When kept answers are asked for anew, and how many are kept. */
export interface CacheRules {
  /** An answer that was fetched longer ago is fetched anew before it is used, if that succeeds. */
  readonly refreshMs: number;
  /** After a failure, nobody is asked for so long. */
  readonly retryMs: number;
  readonly maxEntries: number;
}

interface Entry<T> {
  answer: KeptAnswer<T> | undefined;
  fetchedAt: number;
  failure: { readonly error: unknown; readonly at: number } | undefined;
}

/**
 * Keeps answers for as long as they count, those used last the longest, and asks once for however many wait. When an
 * answer cannot be had anew, the kept one is used as long as it counts, and not a moment longer.
 */
export class AnswerCache<T> {
  readonly #rules: CacheRules;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #running = new Map<string, Promise<T>>();

  constructor(rules: CacheRules) {
    this.#rules = rules;
  }

  /**
   * The answer of that name, fetched if need be; `fetch` gets the kept one.
   *
   * @throws what `fetch` throws, now or within the last `retryMs`.
   */
  async get(name: string, at: number, fetch: (kept: T | undefined) => Promise<KeptAnswer<T>>): Promise<T> {
    const entry = this.#entries.get(name);
    const kept = entry?.answer !== undefined && at <= entry.answer.validUntil ? entry.answer : undefined;
    const { refreshMs, retryMs } = this.#rules;
    // A clock that was set back makes neither count.
    const within = (since: number, span: number): boolean => at >= since && at - since < span;
    if (entry && kept && within(entry.fetchedAt, refreshMs)) return this.#used(name, entry, kept.value);
    if (entry?.failure && within(entry.failure.at, retryMs)) {
      if (kept) return this.#used(name, entry, kept.value);
      throw entry.failure.error;
    }
    const running = this.#running.get(name) ?? this.#start(name, at, entry, fetch);
    try {
      return await running;
    } catch (error) {
      if (kept) return kept.value;
      throw error;
    }
  }

  /** Has an answer asked for anew before its next use, if that succeeds. */
  outdate(name: string): void {
    const entry = this.#entries.get(name);
    if (entry !== undefined) entry.fetchedAt = -Infinity;
  }

  #start(
    name: string,
    at: number,
    entry: Entry<T> | undefined,
    fetch: (kept: T | undefined) => Promise<KeptAnswer<T>>,
  ): Promise<T> {
    const running = fetch(entry?.answer?.value)
      .then(
        (answer) => {
          this.#put(name, { answer, fetchedAt: at, failure: undefined });
          return answer.value;
        },
        (error: unknown) => {
          const { answer, fetchedAt } = entry ?? { answer: undefined, fetchedAt: 0 };
          this.#put(name, { answer, fetchedAt, failure: { error, at } });
          throw error;
        },
      )
      .finally(() => this.#running.delete(name));
    this.#running.set(name, running);
    return running;
  }

  #used(name: string, entry: Entry<T>, value: T): T {
    this.#put(name, entry);
    return value;
  }

  /** Puts an entry last in line; the first in line goes when there are too many. */
  #put(name: string, entry: Entry<T>): void {
    this.#entries.delete(name);
    this.#entries.set(name, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#rules.maxEntries && oldest !== undefined) this.#entries.delete(oldest);
  }
}
