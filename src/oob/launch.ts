import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { Purpose, RelyingParty } from '../model/relying-party.js';
import { Attention } from './attention.js';
import { ChangeSignal } from './change-signal.js';
import type { FailedHint, Launch, LaunchProblem, LaunchStart, LaunchState, OrderOutcome } from './oob-service.js';
import type { Order } from './order.js';
import { later } from './timer.js';

/** Longer than any call to a relying party may take: a safety net, in milliseconds. */
const beginMs = 15_000;

/** A failure to begin, with the hint that it is told by. */
export class LaunchRefusal extends Error {
  readonly hint: FailedHint;

  constructor(hint: FailedHint, cause: unknown) {
    super('Launch refused', { cause });
    this.hint = hint;
  }
}

/** What a launch leads through. */
export interface LaunchSteps {
  /** Fetches and verifies the request object and opens its order; rejects with a {@link LaunchRefusal}. */
  begin(launch: RunningLaunch, signal: AbortSignal): Promise<Order>;
  /** Hands a completed order over; resolves to where the browser goes on. */
  deliver(
    launch: RunningLaunch,
    order: Order,
    outcome: Extract<OrderOutcome, { status: 'complete' }>,
    signal: AbortSignal,
  ): Promise<string | undefined>;
  /** Tells why there is no answer; resolves to where the browser goes on. */
  excuse(launch: RunningLaunch, order: Order, hint: FailedHint, signal: AbortSignal): Promise<string | undefined>;
}

/** A launch from its ids to its end. */
export class RunningLaunch implements Launch {
  readonly id: string;
  readonly relyingParty: RelyingParty;
  readonly start: LaunchStart;
  readonly #steps: LaunchSteps;
  readonly #changes = new ChangeSignal();
  readonly #beginning = new AbortController();
  readonly #calls = new AbortController();
  readonly #attention: Attention | undefined;
  #state: LaunchState = { step: 'fetching' };
  #order: Order | undefined;

  constructor(id: string, relyingParty: RelyingParty, start: LaunchStart, steps: LaunchSteps) {
    this.id = id;
    this.relyingParty = relyingParty;
    this.start = start;
    this.#steps = steps;
    // A link's connection lives as long as somebody waits; a waiting page can only be seen to ask.
    if (start.launcher === 'redirect') {
      this.#attention = new Attention(() => {
        this.cancel();
      });
    }
  }

  get launcher(): LaunchStart['launcher'] {
    return this.start.launcher;
  }

  get origin(): string | undefined {
    return this.start.origin;
  }

  get state(): LaunchState {
    return this.#state;
  }

  get purpose(): Purpose | undefined {
    return this.#order?.accepted.purpose;
  }

  get ended(): boolean {
    return this.#state.step === 'done' || this.#state.step === 'failed';
  }

  /** Somebody found it by its id. */
  seen(): void {
    this.#attention?.glance();
  }

  async changed(seen: LaunchState, waitMs: number, signal: AbortSignal): Promise<void> {
    const wait = async (): Promise<void> => {
      if (this.#state === seen && !this.ended) await this.#changes.wait(waitMs, signal);
    };
    await (this.#attention === undefined ? wait() : this.#attention.during(wait));
  }

  /** Ends what has not been answered yet; an answer that is on its way goes on. */
  cancel(): void {
    if (this.#order !== undefined) this.#order.fail('cancelled');
    else this.#beginning.abort('cancelled');
  }

  /** Ends it at once, and calls nobody any more. */
  abandon(): void {
    this.#calls.abort();
    this.cancel();
  }

  /** Runs to the end; never rejects. */
  async run(): Promise<void> {
    try {
      const order = await this.#begin();
      if (order === undefined) return;
      const outcome = await this.#outcomeOf(order);
      this.#set({ step: 'delivering' });
      const { signal } = this.#calls;
      if (outcome.status === 'failed') await this.#excuse(order, outcome.hintCode, signal);
      else await this.#deliver(order, outcome, signal);
    } finally {
      this.#attention?.end();
    }
  }

  async #begin(): Promise<Order | undefined> {
    const timer = later(beginMs, () => {
      this.#beginning.abort('requestFailed');
    });
    const { signal } = this.#beginning;
    try {
      const order = await this.#steps.begin(this, signal);
      this.#order = order;
      return order;
    } catch (error) {
      const refused = error instanceof LaunchRefusal ? error : new LaunchRefusal('startFailed', error);
      if (signal.reason === 'cancelled') this.#fail('cancelled', undefined);
      else if (signal.aborted) this.#fail('requestFailed', problemOf(this.#silence()));
      else this.#fail(refused.hint, problemOf(refused.cause));
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  #silence(): MiddlewareError {
    const { request } = this.relyingParty.endpoints;
    const host = request === undefined ? undefined : new URL(request).host;
    return new MiddlewareError('ERR_REMOTE_UNREACHABLE', 'No answer', { fields: { host, reason: 'timeout' } });
  }

  async #outcomeOf(order: Order): Promise<OrderOutcome> {
    return await new Promise((resolve) => {
      order.follow(() => {
        if (order.state.status === 'pending') this.#set({ step: 'pending', hint: order.state.hintCode });
        else resolve(order.state);
      });
    });
  }

  async #deliver(
    order: Order,
    outcome: Extract<OrderOutcome, { status: 'complete' }>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const redirectUri = await this.#steps.deliver(this, order, outcome, signal);
      this.#set({ step: 'done', redirectUri, failed: undefined });
    } catch (error) {
      this.#fail('deliveryFailed', problemOf(error));
    }
  }

  async #excuse(order: Order, hint: FailedHint, signal: AbortSignal): Promise<void> {
    try {
      const redirectUri = await this.#steps.excuse(this, order, hint, signal);
      this.#set({ step: 'done', redirectUri, failed: hint });
    } catch {
      this.#fail(hint, undefined);
    }
  }

  #fail(hint: FailedHint, problem: LaunchProblem | undefined): void {
    this.#set({ step: 'failed', hint, problem });
  }

  #set(state: LaunchState): void {
    this.#state = state;
    this.#changes.notify();
  }
}

const problemOf = (error: unknown): LaunchProblem =>
  isMiddlewareError(error) ? { code: error.code, fields: error.fields } : { code: 'ERR_INTERNAL', fields: {} };
