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

/** Whom to believe at an address. */
export interface HttpTrust {
  /** PEM file of CA certificates that count instead of the usual roots. */
  readonly caFile?: string;
  /** Base64 SHA-256 of SubjectPublicKeyInfo, one of which must be in the server's path; none pins nothing. */
  readonly pins: readonly string[];
}

/** One call to an address that stands in the configuration. */
export interface HttpCall {
  readonly method: 'GET' | 'POST';
  /** https, or http to a loopback address. */
  readonly url: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly accept?: string;
  /** For HTTP Basic (RFC 7617): a short-lived credential, never a PIN. */
  readonly credential?: { readonly username: string; readonly password: string } | undefined;
  /** Milliseconds until the answer must be whole; 5000 when left out, 30,000 at most. */
  readonly timeoutMs?: number | undefined;
  readonly trust: HttpTrust;
  readonly signal?: AbortSignal | undefined;
}

/** What an address answered. */
export interface HttpAnswer {
  readonly status: number;
  /** Media type without parameters, in lower case. */
  readonly contentType: string;
  readonly body: Uint8Array;
  /** By the Date header, milliseconds since the epoch. */
  readonly date: number | undefined;
  /** By lower-case name; of one that came several times, as Node joins them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Calls to configured addresses: no redirect is followed, no cookie kept, no answer over 64 KiB or 5 s taken. */
export interface HttpClient {
  /**
   * @throws {MiddlewareError} ERR_REMOTE_UNREACHABLE (`reason`: dns, refused, timeout, closed), ERR_REMOTE_TLS
   *   (`reason`: untrusted, pin, expired, name, protocol, plain), ERR_REMOTE_RESPONSE (`reason`: too-long, malformed),
   *   each with `host`; ERR_ABORTED; ERR_CONFIG_INVALID with the `path` of a CA file that cannot be used.
   */
  send(call: HttpCall): Promise<HttpAnswer>;
}
