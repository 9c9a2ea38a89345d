import { randomUUID } from 'node:crypto';
import { toHex } from '../core/bytes.js';
import { levelOfUri } from '../model/certificate.js';
import type { ChoiceReason } from '../model/prompt.js';
import { registrarOf } from '../model/relying-party.js';
import type { AcceptedOrder, FailedHint } from '../oob/oob-service.js';
import { describeCandidate, type Candidate, type Offer } from './candidates.js';
import type {
  PromptAnswer,
  PromptOutcome,
  PromptProblem,
  PromptSession,
  PromptSurfaces,
  PromptView,
} from './prompt.js';

type WorkState = 'working' | 'pinPad';
/** States that wait for an answer. */
export type AskState = Exclude<PromptView['state'], WorkState>;

/** Which answers each state of a prompt takes; any other is dropped, and a PIN in it wiped. */
const takes: Readonly<Record<PromptView['state'], readonly PromptAnswer['kind'][]>> = {
  noCard: ['cancel'],
  choose: ['choose', 'cancel'],
  read: ['acknowledge', 'choose', 'cancel'],
  code: ['code', 'choose', 'cancel'],
  pin: ['pin', 'pinPad', 'choose', 'cancel'],
  pinPad: ['cancel'],
  working: ['cancel'],
  explain: ['acknowledge', 'choose', 'cancel'],
};

/** The conversation with the user about one order: keeps the view, shows it, and takes fitting answers. */
export class PromptDialog {
  readonly #session: PromptSession;
  #view: PromptView;
  #changed = false;
  /** The view that was shown last: what has been answered since is not in it. */
  #onScreen: PromptView | undefined;
  #closed = false;
  #interrupt: (() => void) | undefined;

  constructor(surfaces: PromptSurfaces, order: AcceptedOrder, onOpened: () => void) {
    const promptId = randomUUID();
    this.#session = surfaces.open(promptId, onOpened);
    this.#view = {
      promptId,
      orderId: order.id,
      relyingParty: { name: order.relyingParty.displayName, registeredBy: registrarOf(order.relyingParty) },
      purpose: order.purpose,
      launcher: order.launcher,
      origin: order.origin,
      ...(order.own === true ? { own: true } : {}),
      confirmationCode: order.bound && order.own !== true ? order.confirmationCode : undefined,
      bindingMessage: order.bindingMessage,
      visibleText: order.visibleText,
      documents: order.documents.map(({ label, digestAlgorithm, digest }) => ({
        label,
        digest: `${digestAlgorithm}:${toHex(digest)}`,
      })),
      documentsSigned: 0,
      documentsNow: 0,
      levels: order.acrValues.flatMap((uri) => levelOfUri(uri) ?? []),
      state: 'noCard',
      candidates: [],
      unfit: [],
      reading: false,
      chosen: undefined,
      chosenBecause: undefined,
      pinPad: false,
      pinRole: undefined,
      attemptsRemaining: undefined,
      lastTry: false,
      problem: undefined,
      askedAgain: false,
      waitingOrders: 0,
      expiresAt: order.expiresAt,
    };
  }

  /** Waits until the user has come to this order: until then nothing is asked of a card for it. */
  async turn(signal: AbortSignal): Promise<'open' | 'cancelled'> {
    return await this.#session.turn(this.#view, signal);
  }

  /** The cards came or went: whoever waits for an answer looks at all of them anew. */
  interrupt(): void {
    this.#changed = true;
    this.#interrupt?.();
  }

  /** The same relying party asked for one more order and was refused: said at once and once, and no answer is lost by it. */
  askedAgain(): void {
    if (this.#view.askedAgain) return;
    this.#view = { ...this.#view, askedAgain: true };
    if (this.#onScreen === undefined || this.#closed) return;
    this.#onScreen = { ...this.#onScreen, askedAgain: true };
    this.#session.show(this.#onScreen);
  }

  /** How many documents are signed, and how many the next PIN will sign. */
  documents(documentsSigned: number, documentsNow: number): void {
    this.#view = { ...this.#view, documentsSigned, documentsNow };
  }

  /** What the next view offers, with more to come while a card is read; changes count as new now. */
  offer({ candidates, unfit, reading }: Omit<Offer, 'refusal'>): void {
    this.#changed = false;
    this.#view = {
      ...this.#view,
      candidates: candidates.map(describeCandidate),
      unfit,
      reading,
      chosen: undefined,
      chosenBecause: undefined,
      pinPad: false,
      pinRole: undefined,
      attemptsRemaining: undefined,
      lastTry: false,
    };
  }

  /** Settles on one candidate, and says why, what its PIN has left and whether its reader takes that. */
  choose(
    { id, token, key }: Candidate,
    chosenBecause: ChoiceReason,
    attemptsRemaining: number | undefined,
    pinPad: boolean,
  ): void {
    const lastTry = attemptsRemaining === 1;
    const pinRole = token.info.pins.find(({ reference }) => reference === key.pin)?.role;
    this.#view = { ...this.#view, chosen: id, chosenBecause, attemptsRemaining, lastTry, pinPad, pinRole };
  }

  /** Said with the next view, and forgotten with the next answer. */
  problem(problem: PromptProblem): void {
    this.#view = { ...this.#view, problem };
  }

  /** Why the order cannot go on, unless a problem already says more. */
  reason(hint: FailedHint): void {
    if (this.#view.problem === undefined) this.problem({ code: hint, fields: {} });
  }

  /** Shows a state. */
  show(state: PromptView['state']): void {
    this.#view = { ...this.#view, state };
    this.#onScreen = this.#view;
    this.#session.show(this.#view);
  }

  /** Shows a state and waits for a fitting answer; undefined when the cards changed meanwhile. */
  async ask(state: AskState, signal: AbortSignal): Promise<PromptAnswer | undefined> {
    signal.throwIfAborted();
    if (this.#changed) return undefined;
    this.show(state);
    const interrupted = new AbortController();
    this.#interrupt = () => interrupted.abort();
    try {
      const answer = await this.#fitting(state, AbortSignal.any([signal, interrupted.signal]));
      this.#view = { ...this.#view, problem: undefined };
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      if (!interrupted.signal.aborted) throw error;
      // What was explained was about the cards that were in; what was said of a PIN still stands.
      if (state === 'explain') this.#view = { ...this.#view, problem: undefined };
      return undefined;
    } finally {
      this.#interrupt = undefined;
    }
  }

  /**
   * Shows that the card works, or that its reader waits for keys; undefined when the user has cancelled meanwhile, which
   * aborts the signal of `work`.
   */
  async whileWorking<T>(
    state: WorkState,
    work: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    this.show(state);
    return await this.#cancellable(state, work, signal);
  }

  /**
   * Works before the first state is shown, and lets the user cancel meanwhile as in {@link whileWorking}. Later on every
   * answer to what stands on the screen is kept until it is asked for.
   */
  async whileStarting<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    return this.#onScreen !== undefined ? await work(signal) : await this.#cancellable('working', work, signal);
  }

  async #cancellable<T>(
    state: WorkState,
    work: (signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    const cancelled = new AbortController();
    const over = new AbortController();
    const watched = this.#fitting(state, AbortSignal.any([signal, over.signal])).then(
      () => cancelled.abort(),
      () => undefined,
    );
    const [outcome] = await Promise.allSettled([work(AbortSignal.any([signal, cancelled.signal]))]);
    over.abort();
    await watched;
    if (cancelled.signal.aborted) return undefined;
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }

  async #fitting(state: PromptView['state'], signal: AbortSignal): Promise<PromptAnswer> {
    for (;;) {
      const answer = await this.#session.answer(signal);
      if (takes[state].includes(answer.kind) && this.#isPossible(answer)) return answer;
      if (answer.kind === 'pin') answer.pin.wipe();
    }
  }

  #isPossible(answer: PromptAnswer): boolean {
    if (answer.kind === 'pinPad') return this.#view.pinPad;
    return answer.kind !== 'choose' || this.#view.candidates.some(({ id }) => id === answer.candidateId);
  }

  close(outcome: PromptOutcome): void {
    this.#closed = true;
    this.#session.close(outcome);
  }
}
