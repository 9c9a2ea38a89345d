import type { Clock } from '../../core/ports.js';
import { tooManyRequests, type HttpError } from './http-errors.js';

/** Budgets that do not touch each other. */
export type RateKind = 'start' | 'poll' | 'launch';

/** Counts one call; the error when the caller has used up its window. */
export type RateLimiter = (caller: string, kind: RateKind) => HttpError | undefined;

export interface RateLimitOptions {
  readonly clock: Clock;
  readonly rateWindowMs: number;
  readonly startsPerWindow: number;
  readonly pollsPerWindow: number;
  readonly launchesPerWindow: number;
}

/**
 * Fixed windows, one per caller and kind. Only callers that passed the gate are counted, so there are no more windows
 * than registered origins and client_ids, and a stranger cannot use up theirs.
 */
export function createRateLimiter(options: RateLimitOptions): RateLimiter {
  const { clock, rateWindowMs } = options;
  const limits = {
    start: options.startsPerWindow,
    poll: options.pollsPerWindow,
    launch: options.launchesPerWindow,
  };
  const windows = new Map<string, { endsAt: number; used: number }>();
  return (caller, kind) => {
    const limit = limits[kind];
    const key = `${kind} ${caller}`;
    const now = clock.monotonic();
    let window = windows.get(key);
    if (!window || window.endsAt <= now) windows.set(key, (window = { endsAt: now + rateWindowMs, used: 0 }));
    window.used += 1;
    if (window.used <= limit) return undefined;
    return { ...tooManyRequests, headers: headersFor(kind, limit, rateWindowMs, window.endsAt - now) };
  };
}

/** RateLimit fields of draft-ietf-httpapi-ratelimit-headers-10 §3 and §4, Retry-After of RFC 9110 §10.2.3. */
function headersFor(kind: RateKind, limit: number, windowMs: number, leftMs: number): Record<string, string> {
  const left = Math.ceil(leftMs / 1000);
  return {
    'ratelimit-policy': `"${kind}";q=${limit};w=${Math.ceil(windowMs / 1000)}`,
    ratelimit: `"${kind}";r=0;t=${left}`,
    'retry-after': String(left),
  };
}
