import { isMiddlewareError, MiddlewareError, type ErrorCode } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { CardChoiceMemory } from '../model/card-choice-memory.js';
import type { RetryCounter } from '../model/pin.js';
import type { AcceptedOrder, FailedHint, OrderProgress, OrderResult } from '../oob/oob-service.js';
import type { CardCost } from '../tokens/token.js';
import type { TokenRegistry } from '../tokens/token-registry.js';
import { findCandidates, type Candidate, type CandidateKnowledge } from './candidates.js';
import { createCardChoice, type CardChoice, type ChosenCandidate } from './card-choice.js';
import { CardUses } from './card-uses.js';
import type { CertificatesInUse } from './certificates-in-use.js';
import { OrderFailed } from './order-failed.js';
import { OrderHints } from './order-hints.js';
import type { OrderWork } from './order-work.js';
import { createPinPads, type PinAnswer } from './pin-pad-wish.js';
import type { AskState, PromptDialog } from './prompt-dialog.js';
import type { PromptAnswer } from './prompt.js';
import { SettledCandidate } from './settled-candidate.js';
import { createTypedCode, type TypedCode } from './typed-code.js';

/** What a conversation works with. */
export interface OrderConversationDependencies extends CandidateKnowledge {
  readonly tokens: Pick<TokenRegistry, 'entries'>;
  readonly choices: CardChoiceMemory;
  readonly inUse: Pick<CertificatesInUse, 'take'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** From question to question of one order: choosing a card, what must be read or typed before the PIN, the PIN, and the card. */
export class OrderConversation {
  readonly #dependencies: OrderConversationDependencies;
  readonly #order: AcceptedOrder;
  readonly #signal: AbortSignal;
  readonly #work: OrderWork;
  readonly #dialog: PromptDialog;
  readonly #uses: CardUses;
  readonly #hints: OrderHints;
  readonly #settled = new SettledCandidate();
  readonly #pads = createPinPads();
  readonly #choice: CardChoice;
  /** The text and the documents have still to be read. */
  #unread: boolean;
  readonly #code: TypedCode;
  /** Lets go of the certificate whose PIN is asked for. */
  #release = (): void => undefined;

  constructor(
    dependencies: OrderConversationDependencies,
    order: AcceptedOrder,
    progress: Pick<OrderProgress, 'hint' | 'signal'>,
    work: OrderWork,
    dialog: PromptDialog,
  ) {
    this.#dependencies = dependencies;
    this.#order = order;
    this.#signal = progress.signal;
    this.#work = work;
    this.#dialog = dialog;
    this.#unread = order.purpose === 'sign';
    this.#code = createTypedCode(order);
    this.#choice = createCardChoice(dependencies, order);
    this.#uses = new CardUses(dialog, progress.signal);
    this.#hints = new OrderHints(order, progress);
  }

  /** Whose card it came to last. */
  get candidate(): Candidate | undefined {
    return this.#settled.current;
  }

  /** Of all uses of cards together. */
  get cost(): Partial<CardCost> {
    return this.#uses.cost;
  }

  /**
   * Up to the answer. Each question looks at the cards and counters anew: how long the one before stood open, nobody
   * knows.
   *
   * @throws {OrderFailed} when the user or the cards end it.
   */
  async carryOut(): Promise<OrderResult> {
    if ((await this.#dialog.turn(this.#signal)) === 'cancelled') throw new OrderFailed('userCancel');
    for (;;) {
      const chosen = await this.#choose();
      if (chosen === undefined) continue;
      const counter = await this.#readCounter(chosen.candidate);
      if (counter === undefined) continue;
      const { candidate } = chosen;
      const answer = await this.#askOf(chosen, counter.attemptsRemaining);
      if (answer?.kind === 'acknowledge') this.#unread = false;
      if (answer?.kind === 'code') this.#takeCode(answer.code);
      if (answer?.kind !== 'pin' && answer?.kind !== 'pinPad') continue;
      // A card that another program left verified does not tell: then any count will do, but for the last try.
      const result = await this.#use(candidate, answer, counter.attemptsRemaining ?? 0);
      if (result === undefined) continue;
      await this.#work.settle(candidate);
      return result;
    }
  }

  /** Others may change the certificate again. */
  release(): void {
    this.#release();
  }

  /** Of an order that has gone through. */
  async rememberChoice(candidate: Candidate): Promise<void> {
    await this.#choice.remember(candidate);
  }

  /** The one candidate to go on with; undefined when something changed and all must be looked at anew. */
  async #choose(): Promise<ChosenCandidate | undefined> {
    const { tokens, clock } = this.#dependencies;
    const found = findCandidates(tokens.entries, this.#order, this.#dependencies, clock.now());
    this.#settled.requireInserted(found.candidates, tokens.entries);
    const bound = this.#work.signed === 0 ? undefined : this.#settled.current?.id;
    const candidates = found.candidates.filter(({ id }) => bound === undefined || id === bound);
    this.#dialog.offer({ ...found, candidates });
    if (bound === undefined) this.#settled.doubt(candidates);
    const chosen = this.#settled.hasPreferred
      ? this.#settled.findPreferred(candidates)
      : this.#choice.pick({ ...found, candidates });
    // Before the card is asked for its counters: how long that takes would tell that one is in that fits.
    if (chosen !== undefined && this.#hints.probes) this.#hints.tell('chooseCard');
    if (chosen !== undefined) return chosen;
    if (candidates.length > 0) {
      this.#hints.tell('chooseCard');
      await this.#listen('choose');
    } else if (found.refusal !== undefined && bound === undefined) {
      await this.#explain(found.refusal);
    } else {
      this.#hints.tell('noCard');
      await this.#listen('noCard');
    }
    return undefined;
  }

  /** The counter of the PIN that will be asked for; undefined when it cannot be asked for now. */
  async #readCounter(candidate: Candidate): Promise<RetryCounter | undefined> {
    try {
      const counters = await this.#dialog.whileStarting(
        (signal) => candidate.token.retryCounters(signal),
        this.#signal,
      );
      if (counters === undefined) throw new OrderFailed('userCancel');
      const counter = counters.find(({ reference }) => reference === candidate.key.pin);
      this.#settled.settle(candidate);
      if (counter === undefined) throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Card knows no such PIN');
      if (!counter.blocked) return counter;
      this.#dialog.problem({ code: 'ERR_PIN_BLOCKED', fields: {} });
      await this.#explain('pinBlocked');
    } catch (error) {
      this.#settled.settle(candidate);
      await this.#cardProblem(error, candidate);
    }
    return undefined;
  }

  /** Asks for what comes next: to read the text, to type the code, or for the PIN. */
  async #askOf(chosen: ChosenCandidate, attempts: number | undefined): Promise<PromptAnswer | undefined> {
    const { candidate, because } = chosen;
    this.#hints.tell('userSign');
    this.#release();
    this.#release = this.#dependencies.inUse.take(candidate.token.info.id, candidate.certificate.fingerprint);
    this.#settled.prefer(chosen);
    this.#dialog.documents(this.#work.signed, this.#work.next(candidate));
    this.#dialog.choose(candidate, because, attempts, this.#pads.take(candidate));
    if (this.#unread) return await this.#listen('read');
    return await this.#listen(this.#code.needed ? 'code' : 'pin');
  }

  #takeCode(typed: string): void {
    if (this.#code.check(typed) !== 'wrong') return;
    const { attemptsRemaining } = this.#code;
    if (attemptsRemaining === 0) throw new OrderFailed('userCancel', 'wrongCode');
    this.#dialog.problem({ code: 'ERR_OOB_CONFIRMATION_CODE', fields: { attemptsRemaining } });
  }

  async #use(candidate: Candidate, answer: PinAnswer, attemptsShown: number): Promise<OrderResult | undefined> {
    try {
      return await this.#work.use(this.#uses.of(candidate, answer, attemptsShown));
    } catch (error) {
      await this.#cardProblem(error, candidate);
      return undefined;
    } finally {
      if (answer.kind === 'pin') answer.pin.wipe();
    }
  }

  /** A problem that the user can do something about is shown and the order goes on; a pulled card ends it. */
  async #cardProblem(error: unknown, candidate: Candidate): Promise<void> {
    this.#signal.throwIfAborted();
    if (!isMiddlewareError(error)) throw error;
    if (cardIsGone.includes(error.code)) throw new OrderFailed('cardRemoved');
    this.#dependencies.logger.warn({ code: error.code, fields: error.fields }, 'Card use failed');
    this.#dialog.problem({ code: error.code, fields: error.fields });
    this.#pads.ended(error.code, candidate);
    if (error.code === 'ERR_CARD_BUSY') await this.#waitForOthers();
    else if (error.code === 'ERR_PIN_BLOCKED') await this.#explain('pinBlocked');
    else if (!error.code.startsWith('ERR_PIN_')) await this.#explain('certificateErr');
  }

  /** Another program has the card: nothing is lost, and the user says when to try again. */
  async #waitForOthers(): Promise<void> {
    this.#hints.tell('cardBusy');
    await this.#listen('explain');
  }

  /** Shows why it cannot go on until the user closes that, or a card comes or goes. */
  async #explain(hint: FailedHint): Promise<void> {
    this.#settled.forgetPreferred();
    this.#hints.tell('chooseCard');
    this.#dialog.reason(hint);
    const answer = await this.#listen('explain');
    if (answer?.kind === 'acknowledge') throw new OrderFailed(hint);
  }

  /** The next answer, or undefined when the cards changed; a cancel ends the order. */
  async #listen(state: AskState): Promise<PromptAnswer | undefined> {
    const answer = await this.#dialog.ask(state, this.#signal);
    if (answer?.kind === 'cancel') throw new OrderFailed(answer.because === 'noSurface' ? 'startFailed' : 'userCancel');
    if (answer !== undefined) this.#hints.answered();
    if (answer?.kind === 'choose' && this.#work.signed === 0) this.#settled.chooseAnew(answer.candidateId);
    return answer;
  }
}

const cardIsGone: readonly ErrorCode[] = ['ERR_CARD_REMOVED', 'ERR_CARD_ABSENT', 'ERR_PCSC_READER_GONE'];
