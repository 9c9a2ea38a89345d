import { Attention } from './attention.js';
import { ChangeSignal } from './change-signal.js';
import type { CollectAnswer, OobCaller } from './oob-service.js';
import type { Order } from './order.js';
import type { Shelf } from './shelf.js';

/** How long an ended order may be asked for, in milliseconds. */
export const keptTimes = { complete: 180_000, failed: 300_000 } as const;

/** An order of a page or a process, which asks for the answer. */
export class CollectedOrder {
  readonly #order: Order;
  readonly #caller: OobCaller;
  readonly #changes = new ChangeSignal();
  readonly #attention: Attention | undefined;
  readonly #forget: () => void;
  #told: CollectAnswer | undefined;
  #unshelve: (() => void) | undefined;
  #collected = false;

  /**
   * @param order - just opened.
   * @param caller - the only one that may collect or cancel.
   * @param shelf - where it waits to be collected when it has ended.
   * @param forget - called once, when nobody may collect it any more.
   */
  constructor(order: Order, caller: OobCaller, shelf: Shelf, forget: () => void) {
    this.#order = order;
    this.#caller = caller;
    this.#forget = forget;
    // A process may look away.
    if (caller.launcher === 'page') {
      this.#attention = new Attention(() => {
        order.fail('cancelled');
      });
    }
    order.follow(() => {
      this.#changes.notify();
      if (order.state.status === 'pending') return;
      this.#attention?.end();
      const name = `${caller.launcher} ${order.accepted.relyingParty.clientId}`;
      this.#unshelve = shelf.put(name, keptTimes[order.state.status], forget);
    });
  }

  belongsTo(caller: OobCaller): boolean {
    const { launcher, origin, own } = this.#caller;
    return caller.launcher === launcher && caller.origin === origin && caller.own === own;
  }

  /**
   * The answer as soon as it is another one than the caller was last told, else after `waitMs`; undefined when another
   * call that waited at the same time has collected the completed order.
   */
  async collect(waitMs: number, signal: AbortSignal): Promise<CollectAnswer | undefined> {
    signal.throwIfAborted();
    const wait = async (): Promise<void> => {
      if (this.#order.pending && this.#told === this.#order.state) await this.#changes.wait(waitMs, signal);
    };
    await (this.#attention === undefined ? wait() : this.#attention.during(wait));
    // Before anything is handed out: an answer to a connection that is gone would be lost.
    signal.throwIfAborted();
    if (this.#collected) return undefined;
    const answer = this.#order.state;
    this.#told = answer;
    if (answer.status === 'complete') {
      this.#collected = true;
      this.#unshelve?.();
    }
    return answer;
  }

  /** Ends it when it is pending, and throws its answer away when it has one. */
  cancel(): void {
    if (this.#order.pending) this.#order.fail('cancelled');
    else this.#unshelve?.();
  }
}
