import type { Clock } from '../core/ports.js';
import type {
  AcceptedOrder,
  FailedHint,
  OrderOutcome,
  OrderProgress,
  OrderRunner,
  PendingHint,
} from './oob-service.js';
import { later } from './timer.js';

/** Where an order is. */
export type OrderState = { readonly status: 'pending'; readonly hintCode: PendingHint } | OrderOutcome;

/** One order from its start to its end, however its answer goes back. */
export class Order {
  readonly accepted: AcceptedOrder;
  readonly #controller = new AbortController();
  readonly #askedAgain = new Set<() => void>();
  readonly #listeners = new Set<() => void>();
  readonly #expiry: NodeJS.Timeout;
  #state: OrderState = { status: 'pending', hintCode: 'outstandingTransaction' };
  #promptOpen = false;

  /**
   * @param accepted - what was asked.
   * @param clock - for the time left until `accepted.expiresAt`.
   */
  constructor(accepted: AcceptedOrder, clock: Clock) {
    this.accepted = accepted;
    this.#expiry = later(accepted.expiresAt - clock.now(), () => {
      this.fail('expiredTransaction');
    });
  }

  get state(): OrderState {
    return this.#state;
  }

  get pending(): boolean {
    return this.#state.status === 'pending';
  }

  get promptOpen(): boolean {
    return this.pending && this.#promptOpen;
  }

  /** Calls back after every change of the state, and once now. */
  follow(listener: () => void): void {
    this.#listeners.add(listener);
    listener();
  }

  /** The same relying party has asked for another order, and was refused. */
  askedAgain(): void {
    for (const listener of this.#askedAgain) listener();
  }

  /** Runs to the end; what the runner says after the order has ended otherwise is ignored. */
  async run(runner: OrderRunner): Promise<void> {
    const progress: OrderProgress = {
      signal: this.#controller.signal,
      hint: (hintCode) => {
        const now = this.#state;
        if (now.status === 'pending' && now.hintCode !== hintCode) this.#set({ status: 'pending', hintCode });
      },
      onAskedAgain: (listener) => void this.#askedAgain.add(listener),
      promptOpen: (open) => {
        this.#promptOpen = open;
      },
    };
    try {
      this.#end(await runner(this.accepted, progress));
    } catch {
      this.fail('startFailed');
    }
  }

  /** Ends it unanswered, and tells the runner why; does nothing to an order that has ended. */
  fail(hintCode: FailedHint): void {
    if (!this.pending) return;
    this.#end({ status: 'failed', hintCode });
    this.#controller.abort(hintCode);
  }

  #end(outcome: OrderOutcome): void {
    if (!this.pending) return;
    clearTimeout(this.#expiry);
    this.#set(outcome);
  }

  #set(state: OrderState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}
