import type { WaitingPrompt } from '../../control-contract/prompts.js';
import type { OpenPrompt } from './open-prompt.js';

/** Between two lists of waiting orders. */
const waitingPauseMs = 100;

/** The prompts that wait to be picked, and who is told of them. */
export class WaitingPrompts {
  readonly #tell: (waiting: readonly WaitingPrompt[]) => void;
  #queue: readonly OpenPrompt[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isOld = false;

  constructor(tell: (waiting: readonly WaitingPrompt[]) => void) {
    this.#tell = tell;
  }

  get all(): readonly OpenPrompt[] {
    return this.#queue;
  }

  /** Those of which something is known. */
  get listed(): readonly WaitingPrompt[] {
    return this.#queue.flatMap((prompt) => prompt.waiting ?? []);
  }

  find(promptId: string): OpenPrompt | undefined {
    return this.#queue.find((prompt) => prompt.promptId === promptId);
  }

  add(prompt: OpenPrompt): void {
    this.#queue = [...this.#queue, prompt];
  }

  remove(prompt: OpenPrompt): void {
    this.#queue = this.#queue.filter((waiting) => waiting !== prompt);
  }

  /** Orders can come faster than anybody reads: what has changed since the last time is told a moment later. */
  changed(): void {
    if (this.#timer === undefined) this.tellNow();
    else this.#isOld = true;
  }

  tellNow(): void {
    clearTimeout(this.#timer);
    this.#isOld = false;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isOld) this.tellNow();
    }, waitingPauseMs).unref();
    this.#tell(this.listed);
  }
}
