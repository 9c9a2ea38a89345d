import type { Secret } from '../core/secret.js';
import type { CertificateInfo } from '../model/certificate.js';
import type { DecipherAlgorithm, GeneratedKey, KeySpec } from '../model/key.js';
import type { PinFormat, PinInfo, PinReference, RetryCounter } from '../model/pin.js';
import type { SignatureAlgorithm } from '../model/signature.js';

/** A private key of a token and what it takes to use it. */
export interface TokenKey {
  /** How the backend knows the key; opaque above it. */
  readonly reference: number;
  readonly pin: PinReference;
  /** What it can sign, best first; empty for a key that only deciphers. */
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly decipherAlgorithms: readonly DecipherAlgorithm[];
  /** The card wants the PIN again for every signature (PIV key 9C, ISO/IEC 7816-15 userConsent, CKA_ALWAYS_AUTHENTICATE). */
  readonly pinEachTime: boolean;
}

/** A certificate on a token; without `key` when the private key is not there or not usable. */
export interface TokenCertificate {
  readonly certificate: CertificateInfo;
  readonly key?: TokenKey;
}

/** A PIN of a token, and what unblocks it. */
export interface TokenPin extends PinInfo {
  /** Absent where no PUK can unblock it. */
  readonly puk?: { readonly reference: PinReference; readonly format: PinFormat };
  /** What can be done with this PIN on the reader's own keypad. */
  readonly pinPad: readonly PinPadOperation[];
}

/** What a reader's keypad may be able to do. */
export type PinPadOperation = 'verify' | 'change' | 'unblock';

/** Identity of a token, stable for as long as it is inserted; `id` also over removal and re-insertion. */
export interface TokenInfo {
  /** `card:` and the serial number. */
  readonly id: string;
  /** For display, e.g. `IDPrime 940`. */
  readonly product: string;
  readonly serial: string;
  readonly label: string;
  readonly reader: string;
  readonly pins: readonly TokenPin[];
}

/** What one use of the card cost. */
export interface CardCost {
  /** Commands sent, GET RESPONSE included; 0 where a vendor's module sends them and does not tell. */
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

/** A code as the user gives it: typed here, or to be typed on the reader's own keypad. */
export type PinEntry = Secret | 'pin-pad';

/** What every operation that may spend a try is told. */
export interface PinUse {
  /** The tries left that the user saw when typing; fewer on the card mean that the try is not spent. */
  readonly attemptsShown: number;
  /** The user has explicitly agreed to use the last try. */
  readonly lastTryConsent: boolean;
  readonly signal?: AbortSignal;
  /** Of a keypad's display; default Swedish. */
  readonly language?: 'sv' | 'en';
}

/** A request to verify a PIN and sign one digest with it. */
export interface SignRequest extends PinUse {
  readonly key: TokenKey;
  readonly algorithm: SignatureAlgorithm;
  /** SHA-256 for RS256, PS256 and ES256; SHA-384 for ES384. */
  readonly digest: Uint8Array;
  /** Used once and wiped, whatever happens; so are all codes below. */
  readonly pin: PinEntry;
}

/** A signature, and what it cost. */
export interface SignResult {
  /** RSA: modulus length. ECDSA: r and s of fixed length, one after the other (RFC 7518 §3.4). */
  readonly signature: Uint8Array;
  /** Commands from PIN entry to signature. */
  readonly cost: CardCost;
}

/** A request to verify a PIN once and sign several digests with it, for a key without `pinEachTime`. */
export interface SignAllRequest extends Omit<SignRequest, 'digest'> {
  /** 1 to 20, each as {@link SignRequest.digest}. */
  readonly digests: readonly Uint8Array[];
}

/** One signature for each digest, in their order; all or none. */
export interface SignAllResult {
  readonly signatures: readonly Uint8Array[];
  readonly cost: CardCost;
}

/**
 * The capability to sign: what an authentication needs.
 *
 * This and every other operation with a PIN: verifies the PIN, does its work, and drops the card's PIN state, in one
 * transaction that no other program can enter. Spends at most one try, and none unless the PIN fits the format, the
 * counter is the one that the user saw (or higher), and a last try was agreed to. Never repeats by itself. Whatever
 * fails, the counter is read again where the card still answers.
 *
 * @throws {MiddlewareError} ERR_PIN_MALFORMED, ERR_PIN_LAST_TRY and ERR_PIN_COUNTER_FELL (no try spent),
 *   {@link PinVerificationError} (ERR_PIN_WRONG, ERR_PIN_BLOCKED), ERR_CARD_REMOVED, ERR_CARD_BUSY, by status word. The
 *   field `codeOutcome` says that the card had accepted the code before it broke off (`accepted`), or that nobody knows
 *   (`unknown`); without it, the code has had no effect.
 */
export interface SigningToken extends Token {
  /** @throws {MiddlewareError} as above; ERR_TOKEN_KEY_NOT_FOUND, ERR_TOKEN_ALGORITHM_UNSUPPORTED. */
  verifyAndSign(request: SignRequest): Promise<SignResult>;
  /** @throws {MiddlewareError} likewise; ERR_TOKEN_OPERATION_UNSUPPORTED for a key with `pinEachTime` and several digests. */
  verifyAndSignAll(request: SignAllRequest): Promise<SignAllResult>;
}

/** Whether a token can sign. */
export function canSign(token: Token): token is SigningToken {
  return 'verifyAndSign' in token;
}

/** A request to decipher with a key. */
export interface DecipherRequest extends PinUse {
  readonly key: TokenKey;
  readonly algorithm: DecipherAlgorithm;
  readonly cryptogram: Uint8Array;
  readonly pin: PinEntry;
}

/** The capability to decipher; rules and errors as {@link SigningToken}, and ERR_TOKEN_CRYPTOGRAM. */
export interface DecipheringToken extends Token {
  /** The caller wipes the plaintext. */
  verifyAndDecipher(request: DecipherRequest): Promise<{ readonly plaintext: Uint8Array; readonly cost: CardCost }>;
}

/** Whether a token can decipher. */
export function canDecipher(token: Token): token is DecipheringToken {
  return 'verifyAndDecipher' in token;
}

/** What became of a PIN. */
export interface PinResult {
  readonly retryCounter: RetryCounter;
  readonly cost: CardCost;
}

/** The capability to look after PINs; rules and errors as {@link SigningToken}. */
export interface PinToken extends Token {
  /** Of the PUKs that tell it, read from the card now; costs no try. */
  pukCounters?(signal?: AbortSignal): Promise<readonly RetryCounter[]>;
  verifyPin(request: PinUse & { readonly reference: PinReference; readonly pin: PinEntry }): Promise<PinResult>;
  /**
   * Both codes come from the same place. The new one must fit the PIN's format.
   *
   * @throws {MiddlewareError} as above; ERR_PIN_NEW_REFUSED.
   */
  changePin(
    request: PinUse & { readonly reference: PinReference; readonly current: PinEntry; readonly next: PinEntry },
  ): Promise<PinResult>;
  /**
   * Sets a new PIN with the PUK, whose tries are the ones at stake. Where its counter cannot be read, `attemptsShown`
   * does not count.
   *
   * @throws {MiddlewareError} as above; ERR_PUK_WRONG, ERR_PUK_BLOCKED, ERR_PUK_MALFORMED, ERR_PIN_NEW_REFUSED,
   *   ERR_TOKEN_OPERATION_UNSUPPORTED where the PIN has no PUK.
   */
  unblockPin(
    request: PinUse & { readonly reference: PinReference; readonly puk: PinEntry; readonly next: PinEntry },
  ): Promise<PinResult>;
}

/** Whether a token's PINs can be changed here. */
export function hasPins(token: Token): token is PinToken {
  return 'changePin' in token;
}

/**
 * What a look that costs little tells: `in-use`, another program has verified a PIN; `elsewhere`, it has selected
 * something that is not ours; `changed`, it has done something.
 */
export type Glance = 'same' | 'in-use' | 'elsewhere' | 'changed';

/** The capability to notice what other programs do to the card. */
export interface WatchedToken extends Token {
  /** Whether an operation runs or waits. */
  readonly isIdle: boolean;
  /**
   * Reads the counters without selecting anything, which would log a program out that is logged in. One command for
   * each PIN; costs no try. They may be those of another application on the card: {@link lookAgain} records them.
   */
  glance(signal?: AbortSignal): Promise<Glance>;
  /**
   * Whether another program has reset the card since the last glance, as most do when they are done. No command: the
   * service tells at the begin of a transaction.
   */
  wasReset(signal?: AbortSignal): Promise<boolean>;
  /**
   * Reads what another program may have changed, and drops what was remembered if it has. Counters that fell are
   * recorded as foreign tries. Selects our application.
   */
  lookAgain(signal?: AbortSignal): Promise<void>;
  /**
   * Makes the card forget PINs that a program verified and left so.
   *
   * @param mayDrop - asked when the card is ours alone: somebody may have come while we waited for it.
   * @returns whether it was done.
   */
  dropPins(mayDrop: () => Promise<boolean>, signal?: AbortSignal): Promise<boolean>;
}

/** Whether a token can be watched. */
export function canWatch(token: Token): token is WatchedToken {
  return 'glance' in token;
}

/** What opens a card for writing. */
export interface WriteAuthorization extends PinUse {
  /** Of {@link WritableToken.writing}. */
  readonly pin: PinEntry;
  /**
   * The management key of a card that has one (PIV), as bytes: 16, 24 or 32. Without it the token takes the one that
   * the card keeps under the PIN, and then the one that it had from the factory.
   */
  readonly managementKey?: Secret | undefined;
}

/** A key pair that is to be made. */
export interface NewKeyPair {
  readonly spec: KeySpec;
  readonly label: string;
  /** 16 bytes of the caller's choice, written down before: a key that was made just before a power cut is found by it. */
  readonly keyId: Uint8Array;
  /** Room that its certificate will need: a card that does not have it refuses before the key is made. */
  readonly certificateBytes: number;
}

/** A key that was made with a {@link NewKeyPair.keyId}. */
export interface MadeKey {
  /** As {@link GeneratedKey.reference}. */
  readonly reference: number;
  readonly hasCertificate: boolean;
}

/**
 * A card that lies open for writing: one transaction, one entry of the PIN. Every method may throw as {@link Token}'s
 * do, and ERR_CARD_FULL, ERR_CARD_READ_ONLY, ERR_CARD_NO_CONTAINER. A method that fails half-way leaves nothing behind
 * that hides or breaks what was there.
 */
export interface OpenedCard {
  /** @throws {MiddlewareError} also ERR_TOKEN_ALGORITHM_UNSUPPORTED. */
  generateKeyPair(request: NewKeyPair): Promise<GeneratedKey>;
  /** Undefined when the card has no such key, or one that can no more be told from others. */
  findKey(keyId: Uint8Array): Promise<MadeKey | undefined>;
  /** Removes a key that has no certificate, also one that was not made to its end; does nothing when there is none. */
  removeKey(keyId: Uint8Array): Promise<void>;
  /**
   * Signs with a key of the PIN that was entered, also before it has a certificate.
   *
   * @returns as {@link SignResult.signature}.
   * @throws {MiddlewareError} ERR_TOKEN_KEY_NOT_FOUND, ERR_TOKEN_ALGORITHM_UNSUPPORTED.
   */
  sign(request: {
    readonly keyReference: number;
    /** SubjectPublicKeyInfo of the key, DER: tells how long the signature is. */
    readonly publicKey: Uint8Array;
    readonly algorithm: SignatureAlgorithm;
    readonly digest: Uint8Array;
  }): Promise<Uint8Array>;
  /** Stores a certificate beside its key, in place of one that is there. */
  storeCertificate(certificate: {
    readonly keyReference: number;
    readonly der: Uint8Array;
    readonly label: string;
  }): Promise<void>;
  /**
   * Removes the certificate with this DER, and its key too unless it shall stay. One that is not there any more has what
   * a torn removal left tidied up.
   *
   * @throws {MiddlewareError} ERR_TOKEN_KEY_NOT_FOUND when the card does not list it.
   */
  removeCertificate(certificate: { readonly der: Uint8Array; readonly keepKey: boolean }): Promise<void>;
  /** What is on the card now, read from it. */
  certificates(): Promise<readonly TokenCertificate[]>;
}

/** What {@link WritableToken.write} came to. */
export interface WriteResult<T> {
  readonly value: T;
  readonly retryCounter: RetryCounter;
  readonly cost: CardCost;
}

/** What is free on a card, as far as it tells; undefined where it does not. */
export interface WritingRoom {
  /** Key pairs that can still be made. */
  readonly keys: number | undefined;
  /** For certificates. */
  readonly bytes: number | undefined;
  /**
   * Of a card with a management key: whether it must be given, since the card neither keeps it under the PIN nor is known
   * to have the factory's; undefined where only trying tells, which costs nothing.
   */
  readonly managementKeyNeeded?: boolean | undefined;
}

/** The capability to make keys and to store certificates. */
export interface WritableToken extends Token {
  readonly writing: {
    /** The PIN that it takes, and that new keys will be used with. */
    readonly pin: PinReference;
    readonly keySpecs: readonly KeySpec[];
    /** The card has a management key, which may have to be asked for. */
    readonly managementKey: boolean;
    /** A PIN that is entered for writing can be entered on the reader. */
    readonly pinPad: boolean;
  };
  /** Read from the card now; costs no try. */
  room(signal?: AbortSignal): Promise<WritingRoom>;
  /**
   * Verifies the PIN, opens the card, does `work`, and drops the card's PIN state: one transaction that no other
   * program can enter, at most one try. What `work` waits for besides the card holds everybody else up. Errors and their
   * `codeOutcome` as {@link SigningToken}; ERR_CARD_MANAGEMENT_KEY. What `work` throws is thrown.
   */
  write<T>(authorization: WriteAuthorization, work: (card: OpenedCard) => Promise<T>): Promise<WriteResult<T>>;
}

/** Whether certificates can be stored on a token. */
export function canWrite(token: Token): token is WritableToken {
  return 'write' in token;
}
