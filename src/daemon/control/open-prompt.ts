import { randomBytes } from 'node:crypto';
import type { PromptOutcome, PromptView } from '../../model/prompt.js';
import type { PromptAnswer, PromptSession } from '../../operations/prompt.js';
import type { WaitingPrompt, WirePrompt } from '../../control-contract/prompts.js';

/** Who hears what becomes of a prompt. */
export interface PromptListener {
  /** It has a new state, or asks again for an answer to the same one. */
  changed(prompt: OpenPrompt): void;
  closed(prompt: OpenPrompt, outcome: PromptOutcome): void;
}

/** One prompt with its present state, and the first answer that fits it. */
export class OpenPrompt implements PromptSession {
  readonly promptId: string;
  readonly #listener: PromptListener;
  #onOpened: (() => void) | undefined;
  #view: PromptView | undefined;
  #ticket = newTicket();
  #answered = false;
  /** An answer that came before it was asked for. */
  #held: PromptAnswer | undefined;
  #waiter: ((answer: PromptAnswer) => void) | undefined;
  #closed = false;
  /** What the list of waiting orders says while it is not this prompt's turn. */
  #listed: PromptView | undefined;
  #turn: 'open' | 'cancelled' | undefined;
  #onTurn: (() => void) | undefined;

  constructor(promptId: string, listener: PromptListener, onOpened?: () => void) {
    this.promptId = promptId;
    this.#listener = listener;
    this.#onOpened = onOpened;
  }

  /** The user sees it now; told on the first time only. */
  opened(): void {
    const onOpened = this.#onOpened;
    this.#onOpened = undefined;
    onOpened?.();
  }

  /** No other prompt stands before this one any more. */
  takeTurn(): void {
    this.#settleTurn('open');
  }

  turn(view: PromptView, signal: AbortSignal): Promise<'open' | 'cancelled'> {
    if (signal.aborted) return Promise.reject(reasonOf(signal));
    if (this.#turn !== undefined) return Promise.resolve(this.#turn);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#onTurn = undefined;
        reject(reasonOf(signal));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#onTurn = () => {
        signal.removeEventListener('abort', onAbort);
        resolve(this.#turn ?? 'open');
      };
      this.#listed = view;
      this.#listener.changed(this);
    });
  }

  #settleTurn(turn: 'open' | 'cancelled'): void {
    this.#turn ??= turn;
    this.#onTurn?.();
    this.#onTurn = undefined;
  }

  /** What surfaces show; undefined before the first state. */
  get wire(): WirePrompt | undefined {
    return this.#view === undefined ? undefined : { ...this.#view, ticket: this.#ticket };
  }

  /** What a list of waiting orders shows; undefined while nothing is known of it. */
  get waiting(): WaitingPrompt | undefined {
    const listed = this.#view ?? this.#listed;
    if (listed === undefined) return undefined;
    const { promptId, relyingParty, purpose, launcher, origin, own } = listed;
    return { promptId, relyingParty, purpose, launcher, origin, ...(own === undefined ? {} : { own }) };
  }

  show(view: PromptView): void {
    if (this.#closed) return;
    const before = this.#view;
    this.#view = view;
    if (before !== undefined && !asksTheSame(before, view)) this.#renewTicket();
    this.#listener.changed(this);
  }

  answer(signal: AbortSignal): Promise<PromptAnswer> {
    if (signal.aborted) return Promise.reject(reasonOf(signal));
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) return Promise.resolve(held);
    this.#askAgain();
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiter = undefined;
        reject(reasonOf(signal));
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiter = (answer) => {
        signal.removeEventListener('abort', onAbort);
        this.#waiter = undefined;
        resolve(answer);
      };
    });
  }

  /** What was answered so far and has not been taken counts no more, but for a cancel. */
  renew(): void {
    if (!this.#closed) this.#renewTicket();
  }

  close(outcome: PromptOutcome): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#dropHeld();
    this.#listener.closed(this, outcome);
  }

  /** Takes the answer if it is the first to the state that stands open now. */
  offer(ticket: string, answer: PromptAnswer): boolean {
    if (this.#closed || this.#answered || ticket !== this.#ticket) return false;
    if (this.#view?.state === 'working' || this.#view?.state === 'pinPad') return false;
    this.#take(answer);
    return true;
  }

  /** A cancel counts in every state. `noSurface`: nobody cancelled, but nothing can show it. */
  cancel(because?: 'noSurface'): void {
    if (this.#closed) return;
    this.#dropHeld();
    this.#take({ kind: 'cancel', ...(because === undefined ? {} : { because }) });
    this.#settleTurn('cancelled');
  }

  #take(answer: PromptAnswer): void {
    this.#answered = true;
    if (this.#waiter === undefined) this.#held = answer;
    else this.#waiter(answer);
  }

  /** The answer that was given did not fit: the same state needs a new ticket, or nobody could answer it any more. */
  #askAgain(): void {
    if (!this.#answered) return;
    this.#renewTicket();
    this.#listener.changed(this);
  }

  #renewTicket(): void {
    this.#ticket = newTicket();
    this.#answered = false;
    if (this.#held?.kind !== 'cancel') this.#dropHeld();
  }

  #dropHeld(): void {
    if (this.#held?.kind === 'pin') this.#held.pin.wipe();
    this.#held = undefined;
  }
}

/** Whether an answer to the one view means the same to the other. */
function asksTheSame(a: PromptView, b: PromptView): boolean {
  return (
    a.state === b.state &&
    a.chosen === b.chosen &&
    a.attemptsRemaining === b.attemptsRemaining &&
    a.lastTry === b.lastTry &&
    a.pinPad === b.pinPad &&
    a.documentsSigned === b.documentsSigned &&
    a.documentsNow === b.documentsNow &&
    // A PIN that was typed before the user could read that must not go to the card.
    isRevoked(a) === isRevoked(b) &&
    JSON.stringify(a.problem) === JSON.stringify(b.problem) &&
    // What is typed or read belongs to the chosen card and to the order, whatever other cards come and go meanwhile.
    (['pin', 'code', 'read'].includes(a.state) || JSON.stringify(a.candidates) === JSON.stringify(b.candidates))
  );
}

/** Whether the chosen certificate is known to be revoked. */
function isRevoked({ candidates, chosen }: PromptView): boolean {
  return candidates.find(({ id }) => id === chosen)?.revocation?.status === 'revoked';
}

function newTicket(): string {
  return randomBytes(16).toString('hex');
}

/** The port promises the reason itself, which may be any value. */
function reasonOf(signal: AbortSignal): Error {
  return signal.reason as Error;
}
