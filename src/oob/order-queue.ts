import { toBase64Url } from '../core/bytes.js';
import { MiddlewareError } from '../core/errors.js';
import type { Clock, Random } from '../core/ports.js';
import type { OrderRunner } from './oob-service.js';
import { Order } from './order.js';
import type { VerifiedRequest } from './request-object.js';

/** How long after its life's end an order may still be asked for: an assertion's life and the longest collection, in ms. */
export const orderMarkMs = 300_000;

/** What a queue of orders works with. */
export interface OrderQueueParts {
  readonly runner: OrderRunner;
  readonly clock: Clock;
  readonly random: Random;
  /** How long an order may stay unanswered, in milliseconds. */
  readonly lifeMs: number;
  /** Of all relying parties together: a safety net, since each has one at most. */
  readonly maxPending: number;
}

/** The orders that have not ended: one of each relying party. */
export class OrderQueue {
  readonly #parts: OrderQueueParts;
  readonly #pending = new Map<string, Order>();
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(parts: OrderQueueParts) {
    this.#parts = parts;
  }

  get lifeMs(): number {
    return this.#parts.lifeMs;
  }

  /**
   * Whether this relying party may have an order now. One that only waits gives way to a newer one; one whose prompt
   * stands open does not, and the prompt is told.
   *
   * @throws {MiddlewareError} ERR_OOB_ALREADY_IN_PROGRESS, ERR_OOB_TOO_MANY_REQUESTS, ERR_ABORTED.
   */
  refuseUnlessRoom(clientId: string): void {
    if (this.#closed) throw new MiddlewareError('ERR_ABORTED', 'Shutting down');
    const own = this.#pending.get(clientId);
    if (own?.promptOpen === true) {
      own.askedAgain();
      throw new MiddlewareError('ERR_OOB_ALREADY_IN_PROGRESS', 'An order of this relying party has an open prompt');
    }
    if (own === undefined && this.#pending.size >= this.#parts.maxPending) {
      throw new MiddlewareError('ERR_OOB_TOO_MANY_REQUESTS', 'Too many orders', { retriable: true });
    }
  }

  /** Starts an order in the place of the relying party's older one; throws like {@link refuseUnlessRoom}. */
  open(asked: VerifiedRequest['order']): Order {
    const { clock, random, runner, lifeMs } = this.#parts;
    const { clientId } = asked.relyingParty;
    this.refuseUnlessRoom(clientId);
    this.#pending.get(clientId)?.fail('cancelled');
    const order = new Order({ ...asked, id: toBase64Url(random(16)), expiresAt: clock.now() + lifeMs }, clock);
    this.#pending.set(clientId, order);
    const run = order.run(runner).finally(() => this.#running.delete(run));
    this.#running.add(run);
    order.follow(() => {
      if (!order.pending && this.#pending.get(clientId) === order) this.#pending.delete(clientId);
    });
    return order;
  }

  /** Cancels every order and refuses new ones; resolves when every runner has returned. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const order of [...this.#pending.values()]) order.fail('cancelled');
    await Promise.all(this.#running);
  }
}
