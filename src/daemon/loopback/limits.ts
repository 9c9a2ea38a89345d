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
  /** A connection whose request has not arrived by then gives its place to a newcomer when all places are taken. */
  readonly dawdleMs: number;
  readonly rateWindowMs: number;
  /** /auth and /sign of one caller in a window: a registered origin, or the local processes together. */
  readonly startsPerWindow: number;
  /** Its other calls; and the waiting pages of one relying party. */
  readonly pollsPerWindow: number;
  /** /start for one relying party. */
  readonly launchesPerWindow: number;
  /** Collects of one caller, and waiting pages of one relying party, that may wait long; more of them wait a second. */
  readonly longPolls: number;
  /** How long a refresh of the waiting page waits for another state. */
  readonly pageWaitMs: number;
}

export const defaultLimits: LoopbackLimits = {
  connections: 64,
  headerMs: 10_000,
  bodyMs: 10_000,
  bodyBytes: 65_536,
  headerBytes: 16_384,
  jsonDepth: 4,
  dawdleMs: 250,
  rateWindowMs: 60_000,
  startsPerWindow: 30,
  pollsPerWindow: 600,
  launchesPerWindow: 6,
  longPolls: 8,
  pageWaitMs: 10_000,
};

/** The longest a collect may wait for news, in seconds. */
export const maxWaitSeconds = 25;
