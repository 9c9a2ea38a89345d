import type { Clock } from '../../core/ports.js';
import type { ControlCaller } from './handlers.js';
import type { OpenPrompt } from './open-prompt.js';

/** A prompt takes no answer for so long after it came to a surface: keys that were meant for something else are still coming. */
const deafMs = 500;

/** The open prompt, and the one surface that it stands on. */
export class PromptStand {
  readonly #clock: Clock;
  #prompt: OpenPrompt | undefined;
  #holder: ControlCaller | undefined;
  /** Where the open prompt stands or has stood. */
  #shownOn = new Set<ControlCaller>();
  #passed = new WeakSet<ControlCaller>();
  #openedAt: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get prompt(): OpenPrompt | undefined {
    return this.#prompt;
  }

  get holder(): ControlCaller | undefined {
    return this.#holder;
  }

  /** Who cannot ask what stands open. */
  get passed(): WeakSet<ControlCaller> {
    return this.#passed;
  }

  /** Whether it has been shown anywhere yet. */
  get isOpened(): boolean {
    return this.#openedAt !== undefined;
  }

  begin(prompt: OpenPrompt, holder: ControlCaller | undefined): void {
    this.#prompt = prompt;
    this.#holder = holder;
    this.#shownOn = new Set(holder === undefined ? [] : [holder]);
    this.#passed = new WeakSet();
  }

  /** It is being shown where it stands. */
  opened(): void {
    this.#openedAt ??= this.#clock.monotonic();
  }

  /** What was typed or is under way to the question elsewhere counts no more, and keys on their way here not yet. */
  moveTo(caller: ControlCaller): void {
    const prompt = this.#prompt;
    this.#holder = caller;
    if (prompt === undefined) return;
    this.#shownOn.add(caller);
    prompt.renew();
    if (prompt.wire !== undefined) this.#openedAt = this.#clock.monotonic();
  }

  /** Its surface is gone. */
  leave(): void {
    this.#holder = undefined;
  }

  /** It stands nowhere any more; who has shown it. */
  close(): ReadonlySet<ControlCaller> {
    this.#prompt = undefined;
    this.#holder = undefined;
    this.#openedAt = undefined;
    return this.#shownOn;
  }

  /** Why this surface cannot answer at this moment; undefined if it can. */
  refusal(caller: ControlCaller): 'elsewhere' | 'late' | 'deaf' | undefined {
    if (this.#prompt !== undefined && this.#holder !== caller) return 'elsewhere';
    if (this.#openedAt === undefined) return 'late';
    return this.#clock.monotonic() - this.#openedAt < deafMs ? 'deaf' : undefined;
  }
}
