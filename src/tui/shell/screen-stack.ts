import { createDeafTime } from '../../terminal/keys/deaf-time.js';
import type { Key } from '../../terminal/keys/key-reader.js';
import type { Screen } from '../screen.js';

/** What the stack tells of, and asks. */
export interface ScreenStackOptions {
  readonly now: () => number;
  readonly onChange: () => void;
}

/** Which screen stands in front, what lies behind it, and what is on its way to come in front. */
export class ScreenStack {
  readonly #options: ScreenStackOptions;
  /** What is typed before a screen stands may be half of a PIN: the other half must not be taken for a whole one. */
  readonly #deaf;
  #stack: { readonly screen: Screen; readonly stop: () => void }[] = [];
  #coming: symbol | undefined;

  constructor(options: ScreenStackOptions) {
    this.#options = options;
    this.#deaf = createDeafTime(options.now);
  }

  get front(): Screen | undefined {
    return this.#stack.at(-1)?.screen;
  }

  /** Nothing lies behind the front screen. */
  get isHome(): boolean {
    return this.#stack.length < 2;
  }

  open(screen: Screen): void {
    this.cover();
    this.#stack.push({ screen, stop: screen.subscribe(this.#options.onChange) });
    this.#options.onChange();
  }

  /** Opens it once it is loaded, unless Escape is pressed or something else opened before. */
  openSoon(loading: Promise<Screen>, { leave, failed }: { readonly leave: () => void; readonly failed: () => void }) {
    const coming = Symbol('coming');
    this.#coming = coming;
    loading.then(
      (screen) => {
        if (this.#coming !== coming) {
          screen.close();
          return;
        }
        this.#coming = undefined;
        leave();
        this.open(screen);
      },
      () => {
        if (this.#coming !== coming) return;
        this.#coming = undefined;
        failed();
      },
    );
  }

  back(): void {
    if (this.isHome) return;
    const gone = this.#stack.pop();
    gone?.stop();
    gone?.screen.close();
    this.#options.onChange();
  }

  /** Whether the key came before the screen that it was meant for stood, or may be the rest of what did. */
  takes(key: Key): boolean {
    if (key === 'escape') {
      const wasComing = this.#coming !== undefined;
      this.#coming = undefined;
      this.#deaf.end();
      return wasComing;
    }
    if (this.#coming !== undefined) return this.takesEarly(key);
    const isTaken = this.#deaf.takes();
    if (key === 'enter') this.#deaf.end();
    return isTaken;
  }

  /** Takes any key but Escape: what it was meant for does not stand yet. */
  takesEarly(key: Key): boolean {
    if (key === 'character') this.#deaf.begin();
    if (key === 'enter') this.#deaf.end();
    return key !== 'escape';
  }

  /** Something else comes in front: what is half typed is wiped. */
  cover(): void {
    this.front?.covered?.();
  }

  close(): void {
    this.#coming = undefined;
    for (const { screen, stop } of this.#stack.toReversed()) {
      stop();
      screen.close();
    }
    this.#stack = [];
  }
}
