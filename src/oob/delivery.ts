import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { Clock } from '../core/ports.js';
import { abortable } from './abortable.js';
import type { OrderResult, RelyingPartyCalls } from './oob-service.js';
import type { Order } from './order.js';
import { protocol } from './protocol.js';
import { later } from './timer.js';

/** Between the two attempts to hand an answer over, in milliseconds. */
const pauseMs = 2000;

/** What a delivery works with. */
export interface DeliveryParts {
  readonly calls: RelyingPartyCalls;
  readonly clock: Clock;
}

/**
 * Posts a completed order's answer, and once more when the relying party could not be reached and the answer still
 * counts; never after an answer from there, which may have taken it.
 *
 * @returns where the browser goes on; undefined only for an order that no browser returns from.
 * @throws {MiddlewareError} ERR_REMOTE_…, ERR_OOB_DELIVERY_FAILED, ERR_ABORTED.
 */
export async function deliverResult(
  { calls, clock }: DeliveryParts,
  { accepted }: Order,
  answer: { readonly ref: string } & OrderResult,
  signal: AbortSignal,
): Promise<string | undefined> {
  const deadline = clock.now() + protocol.assertionSeconds * 1000;
  const posting = async () => await calls.postResponse(accepted.relyingParty, answer, signal);
  const post = async () => await abortable(posting, signal);
  const { redirectUri } = await post().catch(async (error: unknown) => {
    if (!isMiddlewareError(error, 'ERR_REMOTE_UNREACHABLE')) throw error;
    await pause(signal);
    if (clock.now() >= deadline) throw error;
    return await post();
  });
  // The post alone signs nobody in: without a browser that returns, the login has not happened.
  if (redirectUri === undefined && accepted.bound) {
    throw new MiddlewareError('ERR_OOB_DELIVERY_FAILED', 'No redirect_uri', {
      fields: { reason: 'no-redirect-uri', detail: 'no redirect_uri' },
    });
  }
  return redirectUri;
}

async function pause(signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await abortable(
      async () =>
        await new Promise<void>((resolve) => {
          timer = later(pauseMs, resolve);
        }),
      signal,
    );
  } finally {
    clearTimeout(timer);
  }
}
