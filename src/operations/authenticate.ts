import { createHash } from 'node:crypto';
import { isMiddlewareError, MiddlewareError, type ErrorCode } from '../core/errors.js';
import type { Clock, Logger } from '../core/ports.js';
import type { CardChoiceMemory } from '../model/card-choice-memory.js';
import type { RetryCounter } from '../model/pin.js';
import { digestOf } from '../model/signature.js';
import type { History } from '../model/history.js';
import { composeAssertion, finishAssertion } from '../oob/assertion.js';
import type { AcceptedOrder, FailedHint, OrderOutcome, OrderProgress, OrderRunner } from '../oob/oob-service.js';
import type { SignResult } from '../tokens/token.js';
import type { TokenEntry, TokenRegistry } from '../tokens/token-registry.js';
import { findCandidates, type Candidate, type JudgeCertificate } from './candidates.js';
import { createCardChoice, type CardChoice } from './card-choice.js';
import { createPinPads, useOf, type PinAnswer } from './pin-pad-wish.js';
import { PromptDialog } from './prompt-dialog.js';
import type { PromptAnswer, PromptSurfaces } from './prompt.js';

/** What an authentication works with. */
export interface AuthenticateDependencies {
  readonly tokens: Pick<TokenRegistry, 'entries' | 'subscribe'>;
  readonly surfaces: PromptSurfaces;
  readonly judge: JudgeCertificate;
  readonly choices: CardChoiceMemory;
  readonly history: History;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Ends the order; thrown inside only. */
class OrderFailed extends Error {
  readonly hint: FailedHint;
  constructor(hint: FailedHint) {
    super(hint);
    this.hint = hint;
  }
}

/** Signs in to relying parties: from an accepted order, over the prompt and the card, to the assertion. */
export function createAuthenticate(dependencies: AuthenticateDependencies): OrderRunner {
  return async (order, progress) => {
    if (!dependencies.surfaces.available) return { status: 'failed', hintCode: 'startFailed' };
    const login = new Login(dependencies, order, progress);
    return await login.run();
  };
}

/** One login: one order, one prompt. */
class Login {
  readonly #dependencies: AuthenticateDependencies;
  readonly #order: AcceptedOrder;
  readonly #progress: OrderProgress;
  readonly #dialog: PromptDialog;
  /** The candidate whose card this order has settled on: its removal ends the order. */
  #settled: Candidate | undefined;
  /** The candidate that the user chose, or whose PIN the user is typing: no other takes its place unasked. */
  #preferred: string | undefined;
  readonly #pads = createPinPads();
  readonly #choice: CardChoice;
  #signed: SignResult | undefined;

  constructor(dependencies: AuthenticateDependencies, order: AcceptedOrder, progress: OrderProgress) {
    this.#dependencies = dependencies;
    this.#order = order;
    this.#progress = progress;
    this.#choice = createCardChoice(dependencies.choices, order, dependencies.logger);
    this.#dialog = new PromptDialog(dependencies.surfaces, order, () => progress.promptOpen(true));
  }

  async run(): Promise<OrderOutcome> {
    const { tokens } = this.#dependencies;
    let seen = cardsIn(tokens.entries);
    const unsubscribe = tokens.subscribe(() => {
      const now = cardsIn(tokens.entries);
      if (now !== seen) this.#dialog.interrupt();
      seen = now;
    });
    let outcome: OrderOutcome;
    try {
      outcome = { status: 'complete', assertion: await this.#signIn() };
    } catch (error) {
      outcome = { status: 'failed', hintCode: this.#hintOf(error) };
    } finally {
      unsubscribe();
    }
    await this.#record(outcome).catch((error: unknown) => {
      this.#dependencies.logger.error({ error }, 'Login could not be written to the history');
      outcome = { status: 'failed', hintCode: 'startFailed' };
    });
    const { clientId } = this.#order.relyingParty;
    const hint = outcome.status === 'failed' ? { hintCode: outcome.hintCode } : {};
    this.#dependencies.logger.info({ relyingParty: clientId, outcome: outcome.status, ...hint }, 'Login ended');
    this.#dialog.close(outcome);
    this.#progress.promptOpen(false);
    return outcome;
  }

  #hintOf(error: unknown): FailedHint {
    const { signal } = this.#progress;
    if (error instanceof OrderFailed) return error.hint;
    if (signal.aborted) return isFailedHint(signal.reason) ? signal.reason : 'cancelled';
    this.#dependencies.logger.error({ error }, 'Login failed unexpectedly');
    return 'startFailed';
  }

  async #signIn(): Promise<string> {
    for (;;) {
      const candidate = await this.#choose();
      if (candidate === undefined) continue;
      const counter = await this.#readCounter(candidate);
      if (counter === undefined) continue;
      const answer = await this.#askPin(candidate, counter.attemptsRemaining);
      if (answer?.kind !== 'pin' && answer?.kind !== 'pinPad') continue;
      // A card that another program left verified does not tell: then any count will do, but for the last try.
      const assertion = await this.#sign(candidate, answer, counter.attemptsRemaining ?? 0);
      if (assertion !== undefined) return assertion;
    }
  }

  /** The one candidate to go on with; undefined when something changed and all must be looked at anew. */
  async #choose(): Promise<Candidate | undefined> {
    const { tokens, judge, clock } = this.#dependencies;
    const offer = findCandidates(tokens.entries, this.#order, judge, clock.now());
    this.#failIfRemoved(offer.candidates);
    this.#dialog.offer(offer.candidates, offer.reading);
    const preferred = this.#preferred;
    const chosen =
      preferred === undefined ? this.#choice.pick(offer) : offer.candidates.find(({ id }) => id === preferred);
    if (chosen !== undefined) return chosen;
    if (offer.candidates.length > 0) {
      this.#progress.hint('chooseCard');
      await this.#listen('choose');
    } else if (offer.refusal !== undefined) {
      this.#progress.hint('chooseCard');
      await this.#explain(offer.refusal);
    } else {
      this.#progress.hint('noCard');
      await this.#listen('noCard');
    }
    return undefined;
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

  async #askPin(candidate: Candidate, attempts: number | undefined): Promise<PromptAnswer | undefined> {
    this.#progress.hint('userSign');
    this.#preferred = candidate.id;
    this.#dialog.choose(candidate, attempts, this.#pads.take(candidate));
    return await this.#listen('pin');
  }

  async #sign(candidate: Candidate, answer: PinAnswer, attempts: number): Promise<string | undefined> {
    try {
      return await this.#signWith(candidate, answer, attempts);
    } catch (error) {
      await this.#cardProblem(error, candidate);
      return undefined;
    } finally {
      if (answer.kind === 'pin') answer.pin.wipe();
    }
  }

  async #signWith(candidate: Candidate, answer: PinAnswer, attemptsShown: number): Promise<string> {
    const { token, key, chain, level, certificate } = candidate;
    const algorithm = key.algorithms[0];
    if (algorithm === undefined) throw new OrderFailed('noSuitableCertificate');
    const signingInput = composeAssertion({
      order: this.#order,
      chain,
      algorithm,
      level,
      subject: certificate.person.personId ?? certificate.person.commonName,
      now: this.#dependencies.clock.now(),
    });
    const digest = createHash(digestOf(algorithm)).update(signingInput).digest();
    this.#signed = await this.#dialog.whileWorking(
      answer.kind === 'pinPad' ? 'pinPad' : 'working',
      (signal) => token.verifyAndSign({ key, algorithm, digest, attemptsShown, ...useOf(answer), signal }),
      this.#progress.signal,
    );
    if (this.#signed === undefined) throw new OrderFailed('userCancel');
    return finishAssertion(signingInput, this.#signed.signature);
  }

  /** A problem that the user can do something about is shown and the login goes on; a pulled card ends it. */
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
    this.#progress.hint('cardBusy');
    await this.#listen('explain');
  }

  /** Shows why it cannot go on until the user closes that, or a card comes or goes. */
  async #explain(hint: FailedHint): Promise<void> {
    this.#preferred = undefined;
    this.#dialog.reason(hint);
    const answer = await this.#listen('explain');
    if (answer?.kind === 'acknowledge') throw new OrderFailed(hint);
  }

  /** The next answer, or undefined when the cards changed; a cancel ends the order. */
  async #listen(state: 'noCard' | 'choose' | 'pin' | 'explain'): Promise<PromptAnswer | undefined> {
    const answer = await this.#dialog.ask(state, this.#progress.signal);
    if (answer?.kind === 'cancel') throw new OrderFailed('userCancel');
    if (answer?.kind === 'choose') {
      this.#preferred = answer.candidateId;
      this.#settled = undefined;
    }
    return answer;
  }

  async #record(outcome: OrderOutcome): Promise<void> {
    const candidate = this.#settled;
    if (candidate === undefined) return;
    await this.#dependencies.history.append({
      kind: 'login',
      token: candidate.token.info.id,
      certificate: candidate.certificate.fingerprint,
      relyingParty: this.#order.relyingParty.clientId,
      launcher: this.#order.launcher,
      level: candidate.level,
      outcome: outcome.status,
      ...(outcome.status === 'failed' ? { hintCode: outcome.hintCode } : {}),
      ...(this.#signed === undefined ? {} : this.#signed.cost),
    });
    if (outcome.status === 'complete') await this.#choice.remember(candidate);
  }
}

/** Which cards are in and readable, as one comparable value: other news of the registry does not concern a prompt. */
function cardsIn(entries: readonly TokenEntry[]): string {
  return entries.map(({ reader, state, token }) => `${reader}|${state}|${token?.info.id ?? ''}`).join('\n');
}

const cardIsGone: readonly ErrorCode[] = ['ERR_CARD_REMOVED', 'ERR_CARD_ABSENT', 'ERR_PCSC_READER_GONE'];
const failedHints: readonly string[] = ['expiredTransaction', 'cancelled', 'userCancel', 'startFailed'];

function isFailedHint(value: unknown): value is FailedHint {
  return typeof value === 'string' && failedHints.includes(value);
}
