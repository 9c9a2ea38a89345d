import { toBase64Url } from '../core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { Clock, Logger, Random } from '../core/ports.js';
import { abortable } from './abortable.js';
import { LaunchRefusal, type RunningLaunch } from './launch.js';
import type { RelyingPartyCalls } from './oob-service.js';
import type { Order } from './order.js';
import { orderMarkMs, type OrderQueue } from './order-queue.js';
import { protocol } from './protocol.js';
import type { RelyingPartyRegistry } from './registry.js';
import { markOfLaunch, type ReplayStore } from './replay-store.js';
import { unauthorized, verifyRequestObject, type VerifiedRequest } from './request-object.js';
import type { Shelf } from './shelf.js';

/** What launches work with. */
export interface LaunchesParts {
  readonly registry: () => RelyingPartyRegistry;
  readonly calls: RelyingPartyCalls;
  readonly replay: ReplayStore;
  readonly queue: OrderQueue;
  readonly shelf: Shelf;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * Fetches the request object of a launch, verifies it, and opens its order. Until the signature has verified, nothing is
 * shown or kept.
 *
 * @throws {LaunchRefusal} `requestFailed` for what was fetched or could not be, `startFailed` for what came after.
 */
export async function beginLaunch(parts: LaunchesParts, launch: RunningLaunch, signal: AbortSignal): Promise<Order> {
  const verified = await fetchVerified(parts, launch, signal).catch((error: unknown) => {
    throw new LaunchRefusal('requestFailed', error);
  });
  const { clientId } = verified.order.relyingParty;
  const { queue, clock, replay } = parts;
  // Asked twice, here and by the queue: before a request object is used up, and in one step with taking the place.
  queue.refuseUnlessRoom(clientId);
  const mark = { mark: markOfLaunch(launch.id), untilMs: clock.now() + queue.lifeMs + orderMarkMs };
  const isNew = await replay.remember(verified.replayKey, verified.replayUntil, mark);
  if (!isNew) throw new LaunchRefusal('requestFailed', unauthorized('replayed'));
  signal.throwIfAborted();
  return queue.open(verified.order);
}

async function fetchVerified(
  { calls, clock, random, registry }: LaunchesParts,
  { relyingParty, start }: RunningLaunch,
  signal: AbortSignal,
): Promise<VerifiedRequest> {
  const walletNonce = toBase64Url(random(32));
  const asked = { ref: start.ref, walletNonce };
  const fetching = async () => await calls.fetchRequest(relyingParty, asked, signal);
  const { request, date } = await abortable(fetching, signal);
  const now = clock.now();
  return await verifyRequestObject(request, {
    registry: registry(),
    caller: { clientId: start.clientId, launcher: start.launcher, origin: start.origin, walletNonce },
    purpose: undefined,
    calls: { keysOf: async (party, kid) => await abortable(async () => await calls.keysOf(party, kid), signal) },
    now,
  }).catch((error: unknown) => {
    throw isMiddlewareError(error, 'ERR_OOB_CLOCK') && date !== undefined ? whoseClock(error, date - now) : error;
  });
}

/** The relying party's own clock, told with the answer, says whether ours is off or the request object is old. */
function whoseClock(cause: MiddlewareError, difference: number): MiddlewareError {
  const seconds = Math.round(Math.abs(difference) / 1000);
  if (seconds > protocol.clockToleranceSeconds) {
    const fields = { reason: 'own-clock', seconds, slow: difference > 0 };
    return new MiddlewareError('ERR_OOB_CLOCK', 'Own clock is off', { fields, cause });
  }
  const reason = String(cause.fields['reason']);
  const fields = { reason, detail: reason };
  return new MiddlewareError('ERR_OOB_REQUEST_FAILED', 'Request object is out of its time', { fields, cause });
}
