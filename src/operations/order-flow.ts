import { isMiddlewareError, MiddlewareError, type ErrorCode } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { CardChoiceMemory } from '../model/card-choice-memory.js';
import type { History } from '../model/history.js';
import type { RetryCounter } from '../model/pin.js';
import type { ChoiceReason } from '../model/prompt.js';
import type { RevocationKnowledge } from '../model/revocation.js';
import type {
  AcceptedOrder,
  FailedHint,
  OrderOutcome,
  OrderProgress,
  OrderResult,
  PendingHint,
} from '../oob/oob-service.js';
import type { TokenEntry, TokenRegistry } from '../tokens/token-registry.js';
import { warningOf } from './candidate-revocation.js';
import { findCandidates, isRevoked, type Candidate, type CandidateKnowledge } from './candidates.js';
import { createCardChoice, type CardChoice, type ChosenCandidate } from './card-choice.js';
import { CardUses } from './card-uses.js';
import type { CertificatesInUse } from './certificates-in-use.js';
import { OrderFailed } from './order-failed.js';
import type { OrderWork } from './order-work.js';
import { createPinPads, type PinAnswer } from './pin-pad-wish.js';
import { PromptDialog, type AskState } from './prompt-dialog.js';
import type { PromptAnswer, PromptSurfaces } from './prompt.js';
import { createTypedCode, type TypedCode } from './typed-code.js';

/** What an order works with, whatever it is for. */
export interface OrderFlowDependencies extends CandidateKnowledge {
  readonly tokens: Pick<TokenRegistry, 'entries' | 'subscribe'>;
  readonly surfaces: PromptSurfaces;
  readonly choices: CardChoiceMemory;
  readonly inUse: Pick<CertificatesInUse, 'take'>;
  readonly history: History;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One order and its one prompt: choosing a card, what must be read or typed before the PIN, the PIN, and the card. */
export class OrderFlow {
  readonly #dependencies: OrderFlowDependencies;
  readonly #order: AcceptedOrder;
  readonly #progress: OrderProgress;
  readonly #work: OrderWork;
  readonly #dialog: PromptDialog;
  readonly #uses: CardUses;
  /** The candidate whose card this order has settled on: its removal ends the order. */
  #settled: Candidate | undefined;
  /** The candidate that the user chose, or whose PIN the user is typing: no other takes its place unasked. */
  #preferred: { readonly id: string; readonly because: ChoiceReason } | undefined;
  readonly #pads = createPinPads();
  readonly #choice: CardChoice;
  /** The text and the documents have still to be read. */
  #unread: boolean;
  readonly #code: TypedCode;
  /** The user has answered any question of this order. */
  #answered = false;
  /** Lets go of the certificate whose PIN is asked for. */
  #release = (): void => undefined;

  constructor(dependencies: OrderFlowDependencies, order: AcceptedOrder, progress: OrderProgress, work: OrderWork) {
    this.#dependencies = dependencies;
    this.#order = order;
    this.#progress = progress;
    this.#work = work;
    this.#unread = order.purpose === 'sign';
    this.#code = createTypedCode(order);
    this.#choice = createCardChoice(dependencies, order);
    this.#dialog = new PromptDialog(dependencies.surfaces, order, () => progress.promptOpen(true));
    this.#uses = new CardUses(this.#dialog, progress.signal);
  }

  /** Carries it out; never rejects. */
  async run(): Promise<OrderOutcome> {
    const { tokens, logger, revocation } = this.#dependencies;
    const seenNow = (): string => `${cardsIn(tokens.entries)}\n${warningsOf(tokens.entries, revocation)}`;
    let seen = seenNow();
    const look = (): void => {
      const now = seenNow();
      if (now !== seen) this.#dialog.interrupt();
      seen = now;
    };
    const stops = [tokens.subscribe(look), revocation.subscribe(look)];
    this.#progress.onAskedAgain(() => this.#dialog.askedAgain());
    let outcome: OrderOutcome;
    let shown: string | undefined;
    try {
      outcome = { status: 'complete', ...(await this.#carryOut()) };
    } catch (error) {
      outcome = { status: 'failed', hintCode: this.#hintOf(error) };
      shown = error instanceof OrderFailed ? error.shown : undefined;
    } finally {
      for (const stop of stops) stop();
      this.#release();
    }
    await this.#record(outcome).catch((error: unknown) => {
      logger.error({ error }, 'Order could not be written to the history');
      outcome = { status: 'failed', hintCode: 'startFailed' };
      shown = undefined;
    });
    this.#log(outcome);
    this.#dialog.close(
      outcome.status === 'complete'
        ? { status: 'complete' }
        : { status: 'failed', hintCode: shown ?? outcome.hintCode },
    );
    this.#progress.promptOpen(false);
    return outcome;
  }

  #log(outcome: OrderOutcome): void {
    const { purpose, relyingParty } = this.#order;
    const hint = outcome.status === 'failed' ? { hintCode: outcome.hintCode } : {};
    const facts = { relyingParty: relyingParty.clientId, purpose, outcome: outcome.status, ...hint };
    this.#dependencies.logger.info(facts, 'Order ended');
  }

  #hintOf(error: unknown): FailedHint {
    const { signal } = this.#progress;
    if (error instanceof OrderFailed) return error.hint;
    if (signal.aborted) return isFailedHint(signal.reason) ? signal.reason : 'cancelled';
    this.#dependencies.logger.error({ error }, 'Order failed unexpectedly');
    return 'startFailed';
  }

  /** Each question looks at the cards and counters anew: how long the one before stood open, nobody knows. */
  async #carryOut(): Promise<OrderResult> {
    if ((await this.#dialog.turn(this.#progress.signal)) === 'cancelled') throw new OrderFailed('userCancel');
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

  /** The one candidate to go on with; undefined when something changed and all must be looked at anew. */
  async #choose(): Promise<ChosenCandidate | undefined> {
    const { tokens, clock } = this.#dependencies;
    const found = findCandidates(tokens.entries, this.#order, this.#dependencies, clock.now());
    this.#failIfRemoved(found.candidates);
    const bound = this.#work.signed === 0 ? undefined : this.#settled?.id;
    const candidates = found.candidates.filter(({ id }) => bound === undefined || id === bound);
    this.#dialog.offer({ ...found, candidates });
    if (bound === undefined) this.#doubt(candidates);
    const preferred = this.#preferred;
    const chosen = preferred === undefined ? this.#choice.pick({ ...found, candidates }) : find(candidates, preferred);
    // Before the card is asked for its counters: how long that takes would tell that one is in that fits.
    if (chosen !== undefined && this.#probes) this.#tell('chooseCard');
    if (chosen !== undefined) return chosen;
    if (candidates.length > 0) {
      this.#tell('chooseCard');
      await this.#listen('choose');
    } else if (found.refusal !== undefined && bound === undefined) {
      await this.#explain(found.refusal);
    } else {
      this.#tell('noCard');
      await this.#listen('noCard');
    }
    return undefined;
  }

  /** What was settled on without the user's word is settled anew when it turns out to be revoked. */
  #doubt(candidates: readonly Candidate[]): void {
    const preferred = candidates.find(({ id }) => id === this.#preferred?.id);
    if (preferred === undefined || this.#preferred?.because === 'by-user' || !isRevoked(preferred)) return;
    this.#preferred = undefined;
    this.#settled = undefined;
  }

  /** Whether the request names a person or issuers, and could learn by a hint who sits there: the user has said nothing yet. */
  get #probes(): boolean {
    const { user, issuers } = this.#order;
    return !this.#answered && (user !== undefined || issuers.length > 0);
  }

  /** Says what the order waits for; to a request that probes the same of every card. */
  #tell(hint: PendingHint): void {
    this.#progress.hint(this.#probes && hint !== 'noCard' ? 'chooseCard' : hint);
  }

  #failIfRemoved(candidates: readonly Candidate[]): void {
    const settled = this.#settled;
    if (settled === undefined || candidates.some(({ id }) => id === settled.id)) return;
    const now = this.#dependencies.tokens.entries.find(({ reader }) => reader === settled.token.info.reader);
    // A card that merely stopped answering, or is being read again, is still in: the prompt goes on.
    if (now === undefined || now.state === 'absent' || now.token?.info.id !== settled.token.info.id) {
      if (now?.state !== 'reading' && now?.state !== 'unresponsive') throw new OrderFailed('cardRemoved');
    }
  }

  /** The counter of the PIN that will be asked for; undefined when it cannot be asked for now. */
  async #readCounter(candidate: Candidate): Promise<RetryCounter | undefined> {
    try {
      const counters = await this.#dialog.whileStarting(
        (signal) => candidate.token.retryCounters(signal),
        this.#progress.signal,
      );
      if (counters === undefined) throw new OrderFailed('userCancel');
      const counter = counters.find(({ reference }) => reference === candidate.key.pin);
      this.#settled = candidate;
      if (counter === undefined) throw new MiddlewareError('ERR_TOKEN_KEY_NOT_FOUND', 'Card knows no such PIN');
      if (!counter.blocked) return counter;
      this.#dialog.problem({ code: 'ERR_PIN_BLOCKED', fields: {} });
      await this.#explain('pinBlocked');
    } catch (error) {
      this.#settled = candidate;
      await this.#cardProblem(error, candidate);
    }
    return undefined;
  }

  /** Asks for what comes next: to read the text, to type the code, or for the PIN. */
  async #askOf(
    { candidate, because }: ChosenCandidate,
    attempts: number | undefined,
  ): Promise<PromptAnswer | undefined> {
    this.#tell('userSign');
    this.#release();
    this.#release = this.#dependencies.inUse.take(candidate.token.info.id, candidate.certificate.fingerprint);
    this.#preferred = { id: candidate.id, because };
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
    this.#progress.signal.throwIfAborted();
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
    this.#tell('cardBusy');
    await this.#listen('explain');
  }

  /** Shows why it cannot go on until the user closes that, or a card comes or goes. */
  async #explain(hint: FailedHint): Promise<void> {
    this.#preferred = undefined;
    this.#tell('chooseCard');
    this.#dialog.reason(hint);
    const answer = await this.#listen('explain');
    if (answer?.kind === 'acknowledge') throw new OrderFailed(hint);
  }

  /** The next answer, or undefined when the cards changed; a cancel ends the order. */
  async #listen(state: AskState): Promise<PromptAnswer | undefined> {
    const answer = await this.#dialog.ask(state, this.#progress.signal);
    if (answer?.kind === 'cancel') throw new OrderFailed(answer.because === 'noSurface' ? 'startFailed' : 'userCancel');
    if (answer !== undefined) this.#answered = true;
    if (answer?.kind === 'choose' && this.#work.signed === 0) {
      this.#preferred = { id: answer.candidateId, because: 'by-user' };
      this.#settled = undefined;
    }
    return answer;
  }

  async #record(outcome: OrderOutcome): Promise<void> {
    const candidate = this.#settled;
    if (candidate === undefined) return;
    const { relyingParty, launcher } = this.#order;
    await this.#dependencies.history.append({
      ...this.#work.event(),
      token: candidate.token.info.id,
      certificate: candidate.certificate.fingerprint,
      relyingParty: relyingParty.clientId,
      launcher,
      level: candidate.level,
      outcome: outcome.status,
      ...(outcome.status === 'failed' ? { hintCode: outcome.hintCode } : {}),
      ...this.#uses.cost,
    });
    if (outcome.status === 'complete') await this.#choice.remember(candidate);
  }
}

function find(
  candidates: readonly Candidate[],
  { id, because }: { readonly id: string; readonly because: ChoiceReason },
): ChosenCandidate | undefined {
  const candidate = candidates.find((known) => known.id === id);
  return candidate === undefined ? undefined : { candidate, because };
}

/** Which cards are in and readable, as one comparable value: other news of the registry does not concern a prompt. */
function cardsIn(entries: readonly TokenEntry[]): string {
  return entries.map(({ reader, state, token }) => `${reader}|${state}|${token?.info.id ?? ''}`).join('\n');
}

/** Of whose certificates the user is warned, as one comparable value: that one turned out to be good concerns no prompt. */
function warningsOf(entries: readonly TokenEntry[], revocation: RevocationKnowledge): string {
  return entries
    .flatMap(({ certificates = [] }) => certificates)
    .map(({ certificate: { fingerprint } }) => `${fingerprint} ${warningOf(revocation.of(fingerprint)) ?? ''}`)
    .join('\n');
}

const cardIsGone: readonly ErrorCode[] = ['ERR_CARD_REMOVED', 'ERR_CARD_ABSENT', 'ERR_PCSC_READER_GONE'];
const failedHints: readonly string[] = ['expiredTransaction', 'cancelled', 'userCancel', 'startFailed'];

function isFailedHint(value: unknown): value is FailedHint {
  return typeof value === 'string' && failedHints.includes(value);
}
