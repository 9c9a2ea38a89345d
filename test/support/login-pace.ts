import { setTimeout as delay } from 'node:timers/promises';

/** The loopback endpoint takes 30 starts a minute from local programs. */
const MOST_PER_WINDOW = 29;
const WINDOW_MS = 61_000;

/** Waits before a login until the endpoint will take it: in bursts, or evenly where there are many to come. */
export class LoginPace {
  readonly #leastMs: number;
  readonly #starts: number[] = [];

  constructor(style: 'bursts' | 'even') {
    this.#leastMs = style === 'even' ? WINDOW_MS / MOST_PER_WINDOW : 0;
  }

  async next(): Promise<void> {
    const oldest = this.#starts.at(-MOST_PER_WINDOW);
    const last = this.#starts.at(-1);
    const at = Math.max((oldest ?? -WINDOW_MS) + WINDOW_MS, (last ?? 0) + this.#leastMs);
    await delay(Math.max(0, at - Date.now()));
    this.#starts.push(Date.now());
  }
}
