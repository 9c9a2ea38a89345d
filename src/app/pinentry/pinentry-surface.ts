import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import type { Clock, Logger } from '../../core/ports.js';
import type { ControlEvent, ControlEvents } from '../../control-contract/methods.js';
import type { ClosedPrompt, PromptPlace, WaitingPrompt, WirePrompt } from '../../control-contract/prompts.js';
import type { ControlCaller } from '../../daemon/control/handlers.js';
import type { AttachedSurfaces } from '../../daemon/control/prompt-surfaces.js';
import type { Language } from '../../messages/language.js';
import { pinentryMessages } from '../../messages/pinentry.js';
import type { DialogueWindow, PinDialogues } from '../../model/pin-dialogue.js';
import { outcomeText } from '../../terminal/prompt/outcome-text.js';
import { askInWindows, type PinentryAnswer } from './pinentry-questions.js';
import { sentenceText, waitingWindowText, type WindowFacts } from './window-text.js';

/** An answer that comes so soon after its window was opened was meant for what had the keyboard before, or is no person's. */
const glanceMs = 700;
/** So many answers to one question that do not count are not a person's. */
const maxUncounted = 10;

/** What a pinentry surface is made from. */
export interface PinentrySurfaceOptions {
  readonly prompts: AttachedSurfaces;
  readonly dialogues: PinDialogues;
  readonly language: () => Language;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The desktop's dialogue as one more PIN surface: it attaches, has tickets and is deaf at first like any other. What it
 * cannot ask goes to another surface; what breaks it uses no try.
 */
export class PinentrySurface implements ControlCaller {
  readonly #options: PinentrySurfaceOptions;
  readonly #ended = new AbortController();
  readonly signal: AbortSignal = this.#ended.signal;
  readonly unreadBytes = 0;
  #view: WirePrompt | undefined;
  #phrase: string | undefined;
  #place: PromptPlace | undefined;
  #waiting: readonly WaitingPrompt[] = [];
  /** Ends the windows that stand open. */
  #windows = new AbortController();
  #openedAt = 0;
  /** An answer was refused for coming too soon, or for a state that is over. */
  #refused = false;

  constructor(options: PinentrySurfaceOptions) {
    this.#options = options;
  }

  async attach(): Promise<void> {
    const overview = await this.#options.prompts.handlers['prompt.attach']?.({ kind: 'pinentry' }, this);
    if (overview === undefined) return;
    this.#phrase = overview.phrase;
    this.#place = overview.place;
    this.#waiting = overview.waiting;
    if (overview.current !== undefined) this.#show(overview.current);
  }

  /** Closes the windows and detaches; what is asked goes to another surface. */
  close(): void {
    this.#windows.abort();
    this.#view = undefined;
    this.#ended.abort();
  }

  notify<E extends ControlEvent>(event: E, payload: ControlEvents[E]): void {
    if (event === 'prompt.show') this.#show(payload as WirePrompt);
    else if (event === 'prompt.close') this.#closed(payload as ClosedPrompt);
    else if (event === 'prompt.place') this.#placed(payload as PromptPlace);
    else if (event === 'prompt.refused') this.#refused = true;
    else if (event === 'prompt.phrase') this.#phrase = (payload as ControlEvents['prompt.phrase']).phrase;
    else if (event === 'prompt.waiting') {
      this.#waiting = (payload as ControlEvents['prompt.waiting']).waiting;
      if (this.#view === undefined) this.#offerWaiting();
    }
  }

  #show(view: WirePrompt): void {
    const isSame = view.ticket === this.#view?.ticket;
    this.#view = view;
    // What changes under the same ticket changes no question.
    if (!isSame) this.#open((signal) => this.#ask(view, signal));
  }

  #placed(place: PromptPlace): void {
    this.#place = place;
    if (place.here) return;
    this.#view = undefined;
    this.#windows.abort();
  }

  #closed({ promptId, outcome }: ClosedPrompt): void {
    const view = this.#view;
    this.#windows.abort();
    this.#view = undefined;
    if (view?.promptId !== promptId) return;
    this.#open(async (signal) => {
      if (outcome.status === 'failed' && outcome.hintCode !== 'userCancel') {
        await this.#say(outcomeText(view, outcome, this.#facts.look.language), signal);
      }
      // Those that wait are offered when this has been read.
      this.#offerWaiting();
    });
  }

  #offerWaiting(): void {
    const [first] = this.#waiting;
    if (first === undefined || this.#place?.here !== true) return;
    this.#open((signal) => this.#offer(first, signal));
  }

  get #facts(): WindowFacts {
    return { look: { language: this.#options.language(), color: false }, phrase: this.#phrase };
  }

  /** In the place of the windows that stand open. */
  #open(work: (signal: AbortSignal) => Promise<void>): void {
    this.#windows.abort();
    const windows = new AbortController();
    this.#windows = windows;
    work(windows.signal).catch((error: unknown) => {
      if (!windows.signal.aborted) this.#failed(error);
    });
  }

  #failed(error: unknown): void {
    const { logger, prompts } = this.#options;
    const fields = isMiddlewareError(error) ? { code: error.code, ...error.fields } : { error };
    logger.warn(fields, 'Dialogue for the PIN cannot be used');
    if (this.#view !== undefined) prompts.lose(this);
  }

  async #ask(view: WirePrompt, signal: AbortSignal): Promise<void> {
    const { tooSoon, empty } = pinentryMessages[this.#facts.look.language];
    let note: string | undefined;
    for (let uncounted = 0; uncounted < maxUncounted && !isOver(signal); uncounted += 1) {
      const answer = await askInWindows(view, { dialogues: this.#timed, facts: this.#facts, signal, note });
      if (answer === undefined) return;
      if (signal.aborted) {
        wipe(answer);
        return;
      }
      if (answer.kind === 'unfit') {
        await this.#handOver(view, signal);
        return;
      }
      if (answer.kind === 'pin' && answer.pin.length === 0) note = empty;
      else if (this.#isGlance || !this.#send(view, answer)) note = tooSoon;
      else return;
      wipe(answer);
    }
    signal.throwIfAborted();
    throw answersByItself();
  }

  /** The first answer that a person can have given. */
  async #byPerson<T>(ask: () => Promise<T>): Promise<T> {
    for (let uncounted = 0; uncounted < maxUncounted; uncounted += 1) {
      const answer = await ask();
      if (!this.#isGlance) return answer;
    }
    throw answersByItself();
  }

  get #isGlance(): boolean {
    return this.#options.clock.monotonic() - this.#openedAt < glanceMs;
  }

  /**
   * The same dialogues; when the last window was opened is noted. Of several windows one after another each is answered
   * by a person: a key that is held down neither turns pages nor agrees to anything.
   */
  get #timed(): PinDialogues {
    const { dialogues, clock } = this.#options;
    const { tooSoon } = pinentryMessages[this.#facts.look.language];
    const opened = (): PinDialogues => {
      this.#openedAt = clock.monotonic();
      return dialogues;
    };
    return {
      confirm: async (window, signal) => {
        let shown = window;
        return await this.#byPerson(async () => {
          const answer = await opened().confirm(shown, signal);
          shown = { ...window, error: tooSoon };
          return answer;
        });
      },
      message: (window, signal) => opened().message(window, signal),
      getPin: (entry, signal) => opened().getPin(entry, signal),
    };
  }

  /** Whether the answer counted. */
  #send({ promptId, ticket, lastTry }: WirePrompt, answer: PinentryAnswer): boolean {
    const { handlers, pinReceiver } = this.#options.prompts;
    const language = this.#facts.look.language;
    this.#refused = false;
    const accepted = (given: unknown): boolean => (given as { readonly accepted: boolean }).accepted;
    switch (answer.kind) {
      case 'pin':
        pinReceiver({ ticket, pin: answer.pin, lastTryConsent: lastTry }, this);
        return !this.#refused;
      case 'pinPad':
        return accepted(handlers['prompt.usePinPad']?.({ ticket, lastTryConsent: lastTry, language }, this));
      case 'choose':
        return accepted(handlers['prompt.choose']?.({ ticket, candidateId: answer.candidateId }, this));
      case 'code':
        return accepted(handlers['prompt.typeCode']?.({ ticket, code: answer.code }, this));
      case 'acknowledge':
        return accepted(handlers['prompt.acknowledge']?.({ ticket }, this));
      default:
        return accepted(handlers['prompt.cancel']?.({ promptId }, this));
    }
  }

  /** Another surface asks, now or when one has been opened; until then a window says so. */
  async #handOver({ promptId }: WirePrompt, signal: AbortSignal): Promise<void> {
    const { prompts } = this.#options;
    if (prompts.passOn(this)) return;
    const { handOver, cancel } = pinentryMessages[this.#facts.look.language];
    await this.#byPerson(() => this.#say(handOver, signal, cancel));
    if (!signal.aborted) await prompts.handlers['prompt.cancel']?.({ promptId }, this);
  }

  async #say(sentence: string, signal: AbortSignal, ok?: string): Promise<void> {
    const window = this.#window(sentenceText(sentence, this.#facts), ok);
    if (window !== undefined) await this.#timed.message(window, signal);
  }

  async #offer(order: WaitingPrompt, signal: AbortSignal): Promise<void> {
    const { open, decline } = pinentryMessages[this.#facts.look.language];
    const window = this.#window(waitingWindowText(order, this.#facts), open);
    if (window === undefined) return;
    const { prompts } = this.#options;
    const answer = await this.#timed.confirm({ ...window, cancel: decline }, signal);
    if (!signal.aborted)
      await prompts.handlers[answer === 'ok' ? 'prompt.pick' : 'prompt.cancel']?.({ promptId: order.promptId }, this);
  }

  #window(text: string | undefined, ok?: string): DialogueWindow | undefined {
    const { title, close, cancel } = pinentryMessages[this.#facts.look.language];
    return text === undefined ? undefined : { title, text, ok: ok ?? close, cancel };
  }
}

function answersByItself(): MiddlewareError {
  return new MiddlewareError('ERR_PIN_DIALOGUE', 'Dialogue program answers by itself', {
    fields: { reason: 'protocol' },
  });
}

const isOver = (signal: AbortSignal): boolean => signal.aborted;

function wipe(answer: PinentryAnswer): void {
  if (answer.kind === 'pin') answer.pin.wipe();
}
