import { toBase64Url } from '../core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { Clock, Logger, Random } from '../core/ports.js';
import { CollectedOrder } from './collected-order.js';
import { createLaunches } from './launches.js';
import type {
  CollectAnswer,
  OobCaller,
  OobLaunches,
  OobService,
  OrderRunner,
  RelyingPartyCalls,
} from './oob-service.js';
import { OrderQueue, orderMarkMs } from './order-queue.js';
import type { RelyingPartyRegistry } from './registry.js';
import { markOfOrder, type ReplayStore } from './replay-store.js';
import { unauthorized, verifyRequestObject, type RequestContext, type VerifiedRequest } from './request-object.js';
import { Shelf } from './shelf.js';

/** What the protocol core works with. */
export interface OobDependencies {
  /** Asked for every request, so that a changed registry takes effect at once. */
  readonly registry: () => RelyingPartyRegistry;
  readonly calls: RelyingPartyCalls;
  readonly runner: OrderRunner;
  readonly replay: ReplayStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** How long an order may stay unanswered: 1 to 10 minutes, 3 by default. */
  readonly orderLifeMs?: number;
  /** Pending orders of all relying parties together, 256 by default; each has one at most. */
  readonly maxPendingOrders?: number;
}

/** The protocol core with all its launchers, which can be shut down. */
export interface RunningOobService extends OobService, OobLaunches {
  /** Cancels every pending order, forgets all answers, and refuses new ones; resolves when every runner has returned. */
  close(): Promise<void>;
}

const notFound = (): MiddlewareError => new MiddlewareError('ERR_OOB_NOT_FOUND', 'No such order');

/** A restart ended it, which nobody else can tell the caller. */
const lost: CollectAnswer = { status: 'failed', hintCode: 'startFailed' };

/** Creates the protocol core. Its timers keep no process alive. */
export function createOobService(dependencies: OobDependencies): RunningOobService {
  const { registry, clock, random, replay, calls } = dependencies;
  const queue = new OrderQueue({
    ...dependencies,
    lifeMs: Math.min(Math.max(dependencies.orderLifeMs ?? 180_000, 60_000), 600_000),
    maxPending: dependencies.maxPendingOrders ?? 256,
  });
  const shelf = new Shelf();
  const orders = new Map<string, CollectedOrder>();
  const launches = createLaunches({ ...dependencies, queue, shelf });

  const find = (orderRef: string, caller: OobCaller): CollectedOrder | undefined => {
    const order = orders.get(orderRef);
    if (order?.belongsTo(caller)) return order;
    if (order === undefined && replay.startedEarlier(markOfOrder(orderRef, caller))) return undefined;
    throw notFound();
  };

  return {
    ...launches,
    ownerOfOrigin: (origin) => registry().byOrigin(origin),
    start: async (request, caller, purpose) => {
      const context = { registry: registry(), caller, purpose, calls, now: clock.now() };
      const verified = await verifyForCaller(request, context);
      // Asked twice, here and by the queue: before a request object is used up, and in one step with taking the place.
      queue.refuseUnlessRoom(verified.order.relyingParty.clientId);
      const orderRef = toBase64Url(random(32));
      const mark = { mark: markOfOrder(orderRef, caller), untilMs: clock.now() + queue.lifeMs + orderMarkMs };
      const isNew = await replay.remember(verified.replayKey, verified.replayUntil, mark);
      if (!isNew) throw unauthorized('replayed');
      const order = queue.open(verified.order);
      orders.set(orderRef, new CollectedOrder(order, caller, shelf, () => orders.delete(orderRef)));
      return { orderRef, expiresAt: new Date(order.accepted.expiresAt).toISOString() };
    },
    collect: async (orderRef, caller, waitMs, signal) => {
      const order = find(orderRef, caller);
      const answer = order === undefined ? lost : await order.collect(waitMs, signal);
      if (answer === undefined) throw notFound();
      return answer;
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- a refusal must be a rejection
    cancel: async (orderRef, caller) => find(orderRef, caller)?.cancel(),
    close: async () => {
      await Promise.all([queue.close(), launches.close()]);
      shelf.clear();
    },
  };
}

/** To a caller, keys that cannot be fetched are keys that did not sign. */
async function verifyForCaller(request: string, context: RequestContext): Promise<VerifiedRequest> {
  try {
    return await verifyRequestObject(request, context);
  } catch (error) {
    const unfetched = isMiddlewareError(error, 'ERR_REMOTE_UNREACHABLE', 'ERR_REMOTE_TLS', 'ERR_REMOTE_RESPONSE');
    throw unfetched ? unauthorized('keys', error) : error;
  }
}
