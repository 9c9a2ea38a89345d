import { later } from './timer.js';

/** As many ended ones as are kept for each name. */
const keptEach = 8;

interface Kept {
  readonly timer: NodeJS.Timeout;
  readonly forget: () => void;
}

/**
 * Ended orders and launches that may still be asked for: each for its time, and a few for each name, of which the oldest
 * goes first. So nobody can push out another's.
 */
export class Shelf {
  readonly #kept = new Map<string, Set<Kept>>();

  /**
   * Keeps something.
   *
   * @param forget - called once, when its time is over or newer ones push it out.
   * @returns what forgets it at once.
   */
  put(name: string, milliseconds: number, forget: () => void): () => void {
    const drop = (): void => this.#drop(name, kept);
    const kept: Kept = { timer: later(milliseconds, drop), forget };
    const own = this.#kept.get(name) ?? new Set();
    this.#kept.set(name, own.add(kept));
    const [oldest] = own;
    if (own.size > keptEach && oldest !== undefined) this.#drop(name, oldest);
    return drop;
  }

  clear(): void {
    for (const [name, own] of [...this.#kept]) for (const kept of [...own]) this.#drop(name, kept);
  }

  #drop(name: string, kept: Kept): void {
    const own = this.#kept.get(name);
    if (!own?.delete(kept)) return;
    if (own.size === 0) this.#kept.delete(name);
    clearTimeout(kept.timer);
    kept.forget();
  }
}
