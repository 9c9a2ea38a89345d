/** Wall-clock and monotonic time, so that tests can move it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Milliseconds from an arbitrary start, never going back. */
  monotonic(): number;
}

/** Cryptographically strong random bytes. */
export type Random = (length: number) => Uint8Array;

/** Structured log; fields never hold a PIN, APDU data or certificate subject. */
export interface Logger {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Who owns the other end of a loopback TCP connection. */
export interface PeerLookup {
  /**
   * Whether the socket at `remoteAddress:remotePort` that is connected to `localAddress:localPort` belongs to the user
   * that this process runs as. Absent, ambiguous or already closed counts as no.
   */
  isOwnUser(connection: LoopbackConnection): Promise<boolean>;
}

/** The two ends of an accepted connection, as seen by the server. */
export interface LoopbackConnection {
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** The system's clock. */
export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** Another program that is connected to the PC/SC service. */
export interface CardProgram {
  /** Names this connection for as long as it lasts. */
  readonly connection: number;
  /** Unknown where the system does not tell, as of other users' programs. */
  readonly name: string | undefined;
  readonly pid: number | undefined;
}

/** Which programs use cards besides this one. */
export interface CardPrograms {
  /** One for each connection; undefined where the system does not tell. Never rejects. */
  current(): Promise<readonly CardProgram[] | undefined>;
}
