/** Every bound of the endpoint in one place; tests shorten the times. */
export interface LoopbackLimits {
  /** Connections at once, over both addresses. */
  readonly connections: number;
  /** From the accepted connection to the end of the header, the peer lookup included. */
  readonly headerMs: number;
  /** From the end of the header to the end of the body. */
  readonly bodyMs: number;
  readonly bodyBytes: number;
  readonly headerBytes: number;
  readonly jsonDepth: number;
  /** Requests per window for one caller (a registered origin, or the local processes together). */
  readonly rateWindowMs: number;
  readonly startsPerWindow: number;
  readonly pollsPerWindow: number;
}

export const defaultLimits: LoopbackLimits = {
  connections: 64,
  headerMs: 10_000,
  bodyMs: 10_000,
  bodyBytes: 65_536,
  headerBytes: 16_384,
  jsonDepth: 4,
  rateWindowMs: 60_000,
  startsPerWindow: 30,
  pollsPerWindow: 600,
};

/** The longest a collect may wait for news, in seconds. */
export const maxWaitSeconds = 25;
