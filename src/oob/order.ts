import type { Clock } from '../core/ports.js';
import type {
  AcceptedOrder,
  CollectAnswer,
  FailedHint,
  OobCaller,
  OrderOutcome,
  OrderProgress,
  OrderRunner,
} from './oob-service.js';

/** How long things last, in milliseconds. */
export const orderTimes = {
  completeKept: 180_000,
  failedKept: 300_000,
  /** A page order that nobody polls for this long is cancelled with its prompt. */
  unpolled: 30_000,
} as const;

/** One order from start to the end of its collection. */
export class Order {
  readonly ref: string;
  readonly accepted: AcceptedOrder;
  readonly #caller: OobCaller;
  readonly #forget: () => void;
  readonly #controller = new AbortController();
  readonly #waiters = new Set<() => void>();
  #answer: CollectAnswer = { status: 'pending', hintCode: 'outstandingTransaction' };
  #told: CollectAnswer | undefined;
  readonly #askedAgain = new Set<() => void>();
  #promptOpen = false;
  #collected = false;
  #polls = 0;
  #endTimer: NodeJS.Timeout;
  #pollTimer: NodeJS.Timeout | undefined;

  /**
   * @param ref - what the caller knows it by.
   * @param accepted - what was asked.
   * @param caller - the only one that may collect or cancel.
   * @param clock - for the time left until `accepted.expiresAt`.
   * @param forget - called once, when nobody may collect it any more.
   */
  constructor(ref: string, accepted: AcceptedOrder, caller: OobCaller, clock: Clock, forget: () => void) {
    this.ref = ref;
    this.accepted = accepted;
    this.#caller = caller;
    this.#forget = forget;
    this.#endTimer = later(accepted.expiresAt - clock.now(), () => {
      this.fail('expiredTransaction');
    });
    this.#watchPolling();
  }

  get pending(): boolean {
    return this.#answer.status === 'pending';
  }

  get promptOpen(): boolean {
    return this.pending && this.#promptOpen;
  }

  /** The same relying party has asked for another order, and was refused. */
  askedAgain(): void {
    for (const listener of this.#askedAgain) listener();
  }

  belongsTo(caller: OobCaller): boolean {
    return caller.launcher === this.#caller.launcher && caller.origin === this.#caller.origin;
  }

  /** Runs to the end; what the runner says after the order has ended otherwise is ignored. */
  async run(runner: OrderRunner): Promise<void> {
    const progress: OrderProgress = {
      signal: this.#controller.signal,
      hint: (hintCode) => {
        if (this.pending) this.#set({ status: 'pending', hintCode });
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

  /** Forgets it at once, with whatever it would have answered. */
  discard(): void {
    clearTimeout(this.#endTimer);
    clearTimeout(this.#pollTimer);
    this.#forget();
  }

  /**
   * The answer as soon as it is another one than the caller was last told, else after `waitMs`; undefined when another
   * call that waited at the same time has collected the completed order.
   */
  async collect(waitMs: number, signal: AbortSignal): Promise<CollectAnswer | undefined> {
    signal.throwIfAborted();
    this.#polls += 1;
    clearTimeout(this.#pollTimer);
    try {
      if (this.pending && this.#told === this.#answer && waitMs > 0) await this.#changed(waitMs, signal);
    } finally {
      this.#polls -= 1;
      this.#watchPolling();
    }
    // Before anything is handed out: an answer to a connection that is gone would be lost.
    signal.throwIfAborted();
    if (this.#collected) return undefined;
    this.#told = this.#answer;
    if (this.#answer.status === 'complete') {
      this.#collected = true;
      this.discard();
    }
    return this.#answer;
  }

  async #changed(waitMs: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = later(waitMs, done);
      signal.addEventListener('abort', done, { once: true });
      this.#waiters.add(done);
    });
  }

  #end(outcome: OrderOutcome): void {
    if (!this.pending) return;
    clearTimeout(this.#endTimer);
    clearTimeout(this.#pollTimer);
    const kept = outcome.status === 'complete' ? orderTimes.completeKept : orderTimes.failedKept;
    this.#endTimer = later(kept, () => {
      this.discard();
    });
    this.#set(outcome);
  }

  #set(answer: CollectAnswer): void {
    if (answer.status === 'pending' && this.#answer.status === 'pending' && answer.hintCode === this.#answer.hintCode) {
      return;
    }
    this.#answer = answer;
    for (const waiter of [...this.#waiters]) waiter();
  }

  /** A process may look away; a page that stops asking has been closed. */
  #watchPolling(): void {
    if (this.#caller.launcher !== 'page' || !this.pending || this.#polls > 0) return;
    clearTimeout(this.#pollTimer);
    this.#pollTimer = later(orderTimes.unpolled, () => {
      this.fail('cancelled');
    });
  }
}

function later(milliseconds: number, action: () => void): NodeJS.Timeout {
  return setTimeout(action, Math.max(0, milliseconds)).unref();
}
