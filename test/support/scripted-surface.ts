import type {
  PromptAnswer,
  PromptOutcome,
  PromptSession,
  PromptSurfaces,
  PromptView,
} from '../../src/operations/prompt.js';

/** A PIN surface that a test drives by hand: it waits for views and gives answers. */
export class ScriptedSurface implements PromptSurfaces {
  available = true;
  /** Whether another order's prompt stands open. */
  taken: Promise<'open' | 'cancelled'> = Promise.resolve('open');
  readonly views: PromptView[] = [];
  readonly outcomes: PromptOutcome[] = [];
  #waiting: { accept: (answer: PromptAnswer) => void } | undefined;
  #watchers: (() => void)[] = [];

  open(_promptId: string, onOpened?: () => void): PromptSession {
    return {
      turn: async (_view, signal) =>
        await Promise.race([
          this.taken,
          new Promise<never>((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
          }),
        ]),
      show: (view) => {
        onOpened?.();
        this.views.push(view);
        this.#wake();
      },
      answer: async (signal) =>
        await new Promise<PromptAnswer>((resolve, reject) => {
          const fail = () => {
            this.#waiting = undefined;
            reject(signal.reason as Error);
          };
          if (signal.aborted) {
            fail();
            return;
          }
          signal.addEventListener('abort', fail, { once: true });
          this.#waiting = {
            accept: (answer) => {
              signal.removeEventListener('abort', fail);
              resolve(answer);
            },
          };
          this.#wake();
        }),
      close: (outcome) => {
        this.outcomes.push(outcome);
        this.#wake();
      },
    };
  }

  /** The newest view, once it is in this state and waits for an answer. */
  async until(state: PromptView['state'], fits: (view: PromptView) => boolean = () => true): Promise<PromptView> {
    for (;;) {
      const view = this.views.at(-1);
      if (view?.state === state && fits(view) && this.#waiting !== undefined) return view;
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  /** Resolves when somebody waits for an answer, whatever is shown. */
  async asked(): Promise<void> {
    while (this.#waiting === undefined) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  answer(answer: PromptAnswer): void {
    const waiting = this.#waiting;
    if (waiting === undefined) throw new Error('nobody waits for an answer');
    this.#waiting = undefined;
    waiting.accept(answer);
  }

  #wake(): void {
    for (const resolve of this.#watchers.splice(0)) resolve();
  }
}
