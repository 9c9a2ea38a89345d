import type { Secret } from '../core/secret.js';
import type { CertificateInfo } from '../model/certificate.js';
import type { PinInfo, PinReference, RetryCounter } from '../model/pin.js';
import type { SignatureAlgorithm } from '../model/signature.js';

/** A private key of a token and what it takes to use it. */
export interface TokenKey {
  /** How the backend knows the key; opaque above it. */
  readonly reference: number;
  readonly pin: PinReference;
  readonly algorithms: readonly SignatureAlgorithm[];
}

/** A certificate on a token; without `key` when the private key is not there or not usable. */
export interface TokenCertificate {
  readonly certificate: CertificateInfo;
  readonly key?: TokenKey;
}

/** Identity of a token, stable for as long as it is inserted; `id` also over removal and re-insertion. */
export interface TokenInfo {
  /** `card:` and the serial number. */
  readonly id: string;
  /** For display, e.g. `IDPrime 940`. */
  readonly product: string;
  readonly serial: string;
  readonly label: string;
  readonly reader: string;
  readonly pins: readonly PinInfo[];
}

/** What one use of the card cost. */
export interface CardCost {
  /** Commands sent, GET RESPONSE included. */
  readonly apduCount: number;
  /** Milliseconds between the first command and the last answer. */
  readonly cardMs: number;
}

/** Backends behind one contract: what every token can do. */
export interface Token {
  readonly info: TokenInfo;
  /** Cached by the card's freshness counters; costs no PIN try. */
  certificates(signal?: AbortSignal): Promise<readonly TokenCertificate[]>;
  /** One entry for each PIN of `info.pins`, read from the card now; costs no try. */
  retryCounters(signal?: AbortSignal): Promise<readonly RetryCounter[]>;
  /** Drops what the backend holds of the token; never throws. */
  close(): Promise<void>;
}

/** A request to verify a PIN and sign one digest with it. */
export interface SignRequest {
  readonly key: TokenKey;
  readonly algorithm: SignatureAlgorithm;
  /** SHA-256 for RS256, PS256 and ES256; SHA-384 for ES384. */
  readonly digest: Uint8Array;
  /** Used once and wiped, whatever happens. */
  readonly pin: Secret;
  /** The tries left that the user saw when typing; see {@link SigningToken.verifyAndSign}. */
  readonly attemptsShown: number;
  /** The user has explicitly agreed to use the last try. */
  readonly lastTryConsent: boolean;
  readonly signal?: AbortSignal;
}

/** A signature, and what it cost. */
export interface SignResult {
  /** RSA: modulus length. ECDSA: r and s of fixed length, one after the other (RFC 7518 §3.4). */
  readonly signature: Uint8Array;
  /** Commands from PIN entry to signature. */
  readonly cost: CardCost;
}

/** The capability to sign: what an authentication needs. */
export interface SigningToken extends Token {
  /**
   * Verifies the PIN, signs, and drops the card's PIN state, in one transaction that no other program can enter.
   * Spends at most one try, and none unless the PIN fits the format, the counter is the one that the user saw (or
   * higher), and a last try was agreed to. Never repeats by itself.
   *
   * @throws {MiddlewareError} ERR_PIN_MALFORMED, ERR_PIN_LAST_TRY and ERR_PIN_COUNTER_FELL (no try spent),
   *   {@link PinVerificationError} (ERR_PIN_WRONG, ERR_PIN_BLOCKED), ERR_CARD_REMOVED, ERR_CARD_BUSY,
   *   ERR_TOKEN_ALGORITHM_UNSUPPORTED.
   */
  verifyAndSign(request: SignRequest): Promise<SignResult>;
}

/** Whether a token can sign. */
export function canSign(token: Token): token is SigningToken {
  return 'verifyAndSign' in token;
}
