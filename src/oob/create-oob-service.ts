import { toBase64Url } from '../core/bytes.js';
import { MiddlewareError } from '../core/errors.js';
import type { Clock, Random } from '../core/ports.js';
import type { AcceptedOrder, OobCaller, OobService, OrderRunner } from './oob-service.js';
import { Order } from './order.js';
import type { RelyingPartyRegistry } from './registry.js';
import { unauthorized, verifyRequestObject, type VerifiedRequest } from './request-object.js';

/** Remembers request objects beyond a restart, so that none starts two orders. */
export interface ReplayStore {
  /**
   * Writes `key` down durably and tells whether it is new; rejects when it cannot be written.
   *
   * @param key - 64 hexadecimal digits.
   * @param untilMs - milliseconds since the epoch, after which it may be forgotten.
   */
  remember(key: string, untilMs: number): Promise<boolean>;
}

/** What the protocol core works with. */
export interface OobDependencies {
  /** Asked for every request, so that a changed registry takes effect at once. */
  readonly registry: () => RelyingPartyRegistry;
  readonly runner: OrderRunner;
  readonly replay: ReplayStore;
  readonly clock: Clock;
  readonly random: Random;
  /** How long an order may stay unanswered: 1 to 10 minutes, 3 by default. */
  readonly orderLifeMs?: number;
  /** Pending orders of all relying parties together, 8 by default. */
  readonly maxPendingOrders?: number;
}

/** An {@link OobService} that can be shut down. */
export interface RunningOobService extends OobService {
  /** Cancels every pending order, forgets all answers, and refuses new ones; resolves when every runner has returned. */
  close(): Promise<void>;
}

/** Ended orders that still wait to be collected; beyond this, new ones are refused. */
const maxKeptOrders = 64;

const notFound = (): MiddlewareError => new MiddlewareError('ERR_OOB_NOT_FOUND', 'No such order');

/** Creates the protocol core. Its timers keep no process alive. */
export function createOobService(dependencies: OobDependencies): RunningOobService {
  const { registry, clock, random, replay, runner } = dependencies;
  const lifeMs = Math.min(Math.max(dependencies.orderLifeMs ?? 180_000, 60_000), 600_000);
  const orders = new Map<string, Order>();
  const running = new Set<Promise<void>>();
  let closed = false;

  const pendingOf = (clientId: string): Order[] =>
    [...orders.values()].filter((order) => order.pending && order.accepted.relyingParty.clientId === clientId);

  const refuseUnlessRoom = (clientId: string): void => {
    if (closed) throw new MiddlewareError('ERR_ABORTED', 'Shutting down');
    const own = pendingOf(clientId);
    const open = own.find(({ promptOpen }) => promptOpen);
    if (open !== undefined) {
      open.askedAgain();
      throw new MiddlewareError('ERR_OOB_ALREADY_IN_PROGRESS', 'An order of this relying party has an open prompt');
    }
    const pending = [...orders.values()].filter((order) => order.pending).length - own.length;
    if (pending >= (dependencies.maxPendingOrders ?? 8) || orders.size >= maxKeptOrders) {
      throw new MiddlewareError('ERR_OOB_TOO_MANY_REQUESTS', 'Too many orders', { retriable: true });
    }
  };

  const open = (verified: VerifiedRequest, caller: OobCaller): Order => {
    for (const older of pendingOf(verified.order.relyingParty.clientId)) older.fail('cancelled');
    const accepted: AcceptedOrder = {
      ...verified.order,
      id: toBase64Url(random(16)),
      expiresAt: clock.now() + lifeMs,
    };
    const ref = toBase64Url(random(32));
    const order = new Order(ref, accepted, caller, clock, () => orders.delete(ref));
    orders.set(ref, order);
    const run = order.run(runner).finally(() => running.delete(run));
    running.add(run);
    return order;
  };

  const find = (orderRef: string, caller: OobCaller): Order => {
    const order = orders.get(orderRef);
    if (!order?.belongsTo(caller)) throw notFound();
    return order;
  };

  return {
    ownerOfOrigin: (origin) => registry().byOrigin(origin),
    start: async (request, caller, _purpose) => {
      const verified = await verifyRequestObject(request, { registry: registry(), caller, now: clock.now() });
      const { clientId } = verified.order.relyingParty;
      // Asked twice: before a request object is used up, and after the wait, in one step with taking the place.
      refuseUnlessRoom(clientId);
      if (!(await replay.remember(verified.replayKey, verified.replayUntil))) throw unauthorized('replayed');
      refuseUnlessRoom(clientId);
      const order = open(verified, caller);
      return { orderRef: order.ref, expiresAt: new Date(order.accepted.expiresAt).toISOString() };
    },
    collect: async (orderRef, caller, waitMs, signal) => {
      const answer = await find(orderRef, caller).collect(waitMs, signal);
      if (answer === undefined) throw notFound();
      return answer;
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- a refusal must be a rejection
    cancel: async (orderRef, caller) => {
      const order = find(orderRef, caller);
      if (order.pending) order.fail('cancelled');
      else order.discard();
    },
    close: async () => {
      closed = true;
      for (const order of [...orders.values()]) {
        order.fail('cancelled');
        order.discard();
      }
      await Promise.all(running);
    },
  };
}
