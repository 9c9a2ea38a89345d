import type { Clock } from '../../core/ports.js';

/** So many in so long. */
export class RateWindow {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #clock: Clock;
  #began = 0;
  #taken = 0;

  constructor(limit: number, windowMs: number, clock: Clock) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#clock = clock;
  }

  /** Takes one; false when there is none left. */
  take(): boolean {
    const now = this.#clock.now();
    if (now - this.#began >= this.#windowMs || now < this.#began) {
      this.#began = now;
      this.#taken = 0;
    }
    if (this.#taken === this.#limit) return false;
    this.#taken += 1;
    return true;
  }
}
