import { later } from './timer.js';

/** A page that has not asked for this long has been closed. */
const unseenMs = 30_000;

/** Notices when the page that shows an order is gone. */
export class Attention {
  readonly #gone: () => void;
  #looking = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param gone - called when nobody has looked for 30 s, from now on. */
  constructor(gone: () => void) {
    this.#gone = gone;
    this.#restart();
  }

  /** Somebody looks, for as long as `look` takes. */
  async during<T>(look: () => Promise<T>): Promise<T> {
    this.#looking += 1;
    clearTimeout(this.#timer);
    try {
      return await look();
    } finally {
      this.#looking -= 1;
      this.#restart();
    }
  }

  /** Somebody looked just now. */
  glance(): void {
    this.#restart();
  }

  /** Nobody needs to look any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#looking = Infinity;
  }

  #restart(): void {
    if (this.#looking > 0) return;
    clearTimeout(this.#timer);
    this.#timer = later(unseenMs, this.#gone);
  }
}
