import type { ControlClient } from '../../client/client.js';
import type { PromptPlace } from '../../control-contract/prompts.js';
import type { Key } from '../../terminal/keys/key-reader.js';
import type { WindowSize } from '../../terminal/layout/fit-screen.js';
import type { Look } from '../../terminal/look.js';
import { TerminalPrompt } from '../../terminal/prompt/terminal-prompt.js';
import { createDeafTime } from '../../terminal/keys/deaf-time.js';

/** What the prompt in front needs of the shell. */
export interface FrontPromptOptions {
  readonly look: Look;
  readonly size: () => WindowSize;
  readonly now: () => number;
  /** It came in front, or went, or has other rows. */
  readonly onChange: () => void;
  /** It came in front of a screen. */
  readonly onCover: () => void;
  readonly onOutcome: (text: string) => void;
  readonly onFailure: (error: unknown) => void;
}

/** The login's prompt of whichever daemon answers, in front of everything while there is something to answer. */
export class FrontPrompt {
  rows: readonly string[] = [];
  readonly #options: FrontPromptOptions;
  readonly #deaf;
  #prompt: TerminalPrompt | undefined;
  #wasInFront = false;
  /** So many orders that wait to be picked were put aside. */
  #aside = 0;

  constructor(options: FrontPromptOptions) {
    this.#options = options;
    this.#deaf = createDeafTime(options.now);
  }

  /** Whether keys are its, and its rows stand on the screen. */
  get inFront(): boolean {
    return this.#prompt?.open === true || this.waiting > this.#aside;
  }

  /** Whether an order has begun that may use a card. */
  get open(): boolean {
    return this.#prompt?.open === true;
  }

  /** Orders that wait to be picked. */
  get waiting(): number {
    return this.#prompt?.waiting ?? 0;
  }

  /** Where a question stands, or the next one will, while that is not here. */
  get elsewhere(): PromptPlace | undefined {
    return this.#prompt?.elsewhere;
  }

  /** From now on questions come here. */
  take(): void {
    this.#prompt?.key('character', 't'.charCodeAt(0));
  }

  /** A daemon answers. */
  async attach(client: ControlClient): Promise<void> {
    this.detach();
    const { look, size, now, onOutcome, onFailure } = this.#options;
    const prompt: TerminalPrompt = new TerminalPrompt({
      client,
      kind: 'ui',
      look,
      size,
      now,
      draw: (rows) => this.#draw(prompt, rows),
      onClosed: (_closed, text) => onOutcome(text),
      onInterrupt: () => undefined,
      onFailure,
    });
    this.#prompt = prompt;
    await prompt.start();
  }

  /** It answers no more. */
  detach(): void {
    this.#prompt?.close();
    this.#prompt = undefined;
    this.#noticeChange();
  }

  /** Whether this key is its, or may be the rest of a PIN and so is nobody's. */
  key(key: Key, byte: number): boolean {
    if (this.#deaf.takes()) return true;
    if (!this.inFront) return false;
    if (key === 'escape' && !this.open) this.#putAside();
    else this.#prompt?.key(key, byte);
    this.#noticeChange();
    return true;
  }

  #putAside(): void {
    this.#aside = this.waiting;
    this.#options.onOutcome('');
  }

  /** Shows the orders that were put aside. */
  showWaiting(): void {
    this.#aside = 0;
    this.#noticeChange();
  }

  redraw(): void {
    this.#prompt?.redraw();
  }

  #draw(prompt: TerminalPrompt, rows: readonly string[]): void {
    if (this.#prompt !== prompt) return;
    this.rows = rows;
    this.#aside = Math.min(this.#aside, this.waiting);
    this.#noticeChange();
  }

  #noticeChange(): void {
    const { inFront } = this;
    if (inFront !== this.#wasInFront) {
      this.#deaf.begin();
      if (inFront) this.#options.onCover();
    }
    this.#wasInFront = inFront;
    this.#options.onChange();
  }
}
