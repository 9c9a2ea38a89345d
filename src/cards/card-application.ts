import type { Secret } from '../core/secret.js';
import type { KeyType } from '../model/certificate.js';
import type { DecipherAlgorithm, GeneratedKey, KeySpec } from '../model/key.js';
import type { PinFormat, PinReference } from '../model/pin.js';
import type { SignatureAlgorithm } from '../model/signature.js';
import type { MiddlewareError } from '../core/errors.js';
import type { ApduExchange } from './apdu-exchange.js';

/** How a PIN is laid out in command data: padded to `length` bytes, or, without a length, as it was typed. */
export interface PinBlock {
  readonly length: number | undefined;
  readonly pad: number;
}

/** The code that unblocks a PIN (PUK), entered together with a new PIN (RESET RETRY COUNTER). */
export interface CardPuk {
  /** Names its retry counter in the record; where `readable`, also P2 of a VERIFY without data. */
  readonly reference: PinReference;
  readonly format: PinFormat;
  /** Whether the card tells its tries left without spending one. */
  readonly readable: boolean;
}

/** One PIN of a card application. */
export interface CardPin {
  /** P2 of VERIFY. */
  readonly reference: PinReference;
  readonly role: 'authentication' | 'signature';
  readonly format: PinFormat;
  readonly block: PinBlock;
  /** Absent where the PIN cannot be unblocked by a PUK. */
  readonly puk?: CardPuk;
}

/** A private key on a card. */
export interface CardKey {
  /** What the application needs to name it in a command; its meaning is the application's own. */
  readonly reference: number;
  readonly pin: PinReference;
  readonly canSign: boolean;
  readonly canDecipher: boolean;
  /** One verification of the PIN is good for one use of the key. */
  readonly pinEachTime: boolean;
}

/** A certificate on a card and the key that belongs to it, if the card has it and we can use it. */
export interface CardCertificate {
  /** Where it lies, for the log: a container number, an object tag, a file path. */
  readonly name: string;
  readonly der: Uint8Array;
  readonly key: CardKey | undefined;
}

/** Everything of a card application that is worth remembering until it changes. */
export interface CardContents {
  readonly certificates: readonly CardCertificate[];
  /** What should have been a certificate and could not be understood; it does not hide the others. */
  readonly unreadable: readonly { readonly name: string; readonly error: MiddlewareError }[];
  readonly pins: readonly CardPin[];
  /** The card's own name for itself, if it has one. */
  readonly label: string | undefined;
}

/** What to sign, with which key. */
export interface CardSignature {
  readonly keyReference: number;
  readonly algorithm: SignatureAlgorithm;
  /** SHA-256 or SHA-384 value, as the algorithm says. */
  readonly digest: Uint8Array;
  /** Bytes of the signature: RSA modulus length, or twice the EC field's. */
  readonly length: number;
}

/** What to decipher, with which key. */
export interface CardCryptogram {
  readonly keyReference: number;
  readonly algorithm: DecipherAlgorithm;
  /** As long as the RSA modulus. */
  readonly cryptogram: Uint8Array;
}

/** A new certificate for a key. */
export interface NewCertificate {
  readonly keyReference: number;
  readonly der: Uint8Array;
  readonly label: string;
}

/** A key pair that is to be made. */
export interface NewCardKey {
  readonly spec: KeySpec;
  readonly label: string;
  /** 16 bytes, by which the key is found again. */
  readonly keyId: Uint8Array;
  /** Room that its certificate will need. */
  readonly certificateBytes: number;
}

/** A key that was made with a {@link NewCardKey.keyId}. */
export interface KeyWithId {
  readonly reference: number;
  readonly hasCertificate: boolean;
}

/** What is free on a card, as far as it tells. */
export interface CardRoom {
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

/**
 * Key generation and certificate storage. Every method belongs into a transaction in which the application is selected
 * and, but for {@link room}, the PIN verified and the card opened. A method that fails half-way leaves nothing behind
 * that hides or breaks what was there; one that is refused for want of room, container or permission changes nothing. A
 * card that is pulled in the middle keeps what belongs to the unfinished work findable by key id or certificate: the
 * same method again, or {@link removeKey} and {@link removeCertificate}, tidy it up.
 */
export interface CardWriter {
  /** The PIN that writing takes and that new keys are used with; undefined: the card's first. */
  readonly pin: PinReference | undefined;
  readonly keySpecs: readonly KeySpec[];
  /**
   * Opens a card whose writing takes a management key besides the PIN: with the one given, or the one that the card
   * keeps under the PIN, or the factory's. Absent where the PIN is enough. Wiping the key given is the caller's part.
   *
   * @throws {MiddlewareError} ERR_CARD_MANAGEMENT_KEY when none opens it.
   */
  open?(exchange: ApduExchange, managementKey: Secret | undefined): Promise<void>;
  /** No PIN needed; costs no try. */
  room(exchange: ApduExchange): Promise<CardRoom>;
  /**
   * Makes a key pair on the card, where nobody has one.
   *
   * @throws {MiddlewareError} ERR_CARD_FULL, ERR_CARD_READ_ONLY, ERR_CARD_NO_CONTAINER, ERR_TOKEN_ALGORITHM_UNSUPPORTED,
   *   by status word.
   */
  generateKeyPair(exchange: ApduExchange, request: NewCardKey): Promise<GeneratedKey>;
  /** Undefined for a key that is not there, or that was not made to its end. */
  findKey(exchange: ApduExchange, keyId: Uint8Array): Promise<KeyWithId | undefined>;
  /** Removes the key, also one that was not made to its end; one that has a certificate stays, and so do all others. */
  removeKey(exchange: ApduExchange, keyId: Uint8Array): Promise<void>;
  /** Stores a certificate beside its key, in place of one that is there. Errors as {@link generateKeyPair}. */
  storeCertificate(exchange: ApduExchange, certificate: NewCertificate): Promise<void>;
  /**
   * Removes a certificate and, unless it shall stay or another certificate belongs to it, its key where the card can.
   * One that is gone already has what a torn removal left of it tidied up.
   *
   * @param certificate.keyReference - as the certificate was listed with; tells some cards where to look first.
   * @throws {MiddlewareError} ERR_TOKEN_KEY_NOT_FOUND when the card does not list it; ERR_CARD_READ_ONLY.
   */
  removeCertificate(exchange: ApduExchange, certificate: OldCertificate): Promise<void>;
}

/** A certificate that is to go. */
export interface OldCertificate {
  readonly der: Uint8Array;
  readonly keyReference: number | undefined;
  readonly keepKey: boolean;
}

/**
 * One recognized card and how to speak to it. Nothing is kept between transactions: each begins with {@link select},
 * since another program may have selected something else or reset the card.
 */
export interface CardApplication {
  /** For display, e.g. `IDPrime 940`. */
  readonly product: string;
  /** Names the card for good: hexadecimal, or as printed by other programs. */
  readonly serial: string;
  /** What its keys of each type can sign, best first. */
  readonly algorithms: Readonly<Record<KeyType, readonly SignatureAlgorithm[]>>;
  readonly decipherAlgorithms: readonly DecipherAlgorithm[];
  /** How commands with a PIN are counted and answered by {@link pin-commands.ts}; the rest is the application's. */
  readonly writer?: CardWriter;
  /**
   * Selects the application. One command, two where a card needs them.
   *
   * @throws {MiddlewareError} ERR_CARD_UNKNOWN when the card refuses.
   */
  select(exchange: ApduExchange): Promise<void>;
  /**
   * A value that changes when other software changes certificates, keys or PIN settings. At most three commands; right
   * after {@link readContents} it may cost none.
   *
   * @returns undefined when the card cannot tell: its contents are then read anew.
   */
  readFreshness(exchange: ApduExchange): Promise<string | undefined>;
  /** False where {@link readFreshness} looks at a part only: after another program's use everything is read anew. */
  readonly freshnessIsComplete: boolean;
  /**
   * Reads certificates, keys, PINs and label.
   *
   * @throws {MiddlewareError} by status word; ERR_CARD_RESPONSE on a malformed directory.
   */
  readContents(exchange: ApduExchange): Promise<CardContents>;
  /**
   * Makes the card forget that a PIN was verified.
   *
   * @returns false when the card has no command for that; only a reset helps then.
   */
  dropPin(exchange: ApduExchange, pin: CardPin): Promise<boolean>;
  /**
   * Signs with a verified PIN.
   *
   * @returns ECDSA as r and s of fixed length, one after the other.
   * @throws {MiddlewareError} by status word; ERR_CARD_RESPONSE on a signature of another length.
   */
  sign(exchange: ApduExchange, signature: CardSignature): Promise<Uint8Array>;
  /**
   * Deciphers with a verified PIN.
   *
   * @returns the plaintext, padding removed.
   * @throws {MiddlewareError} ERR_TOKEN_CRYPTOGRAM when the padding is wrong, without telling how; by status word.
   */
  decipher(exchange: ApduExchange, cryptogram: CardCryptogram): Promise<Uint8Array>;
}

/** A family of card applications. */
export interface CardFamily {
  readonly name: string;
  /** Whether the answer to reset hints at this family, which is then asked first; it never decides. */
  hints(atr: Uint8Array): boolean;
  /**
   * Asks the card whether it is of this family, by SELECT, and who it is. At most four commands for a card of the
   * family, two for a stranger; costs no PIN try. The application is selected afterwards.
   *
   * @returns undefined for a card of another family.
   * @throws {MiddlewareError} when the card is of this family but does not tell who it is.
   */
  recognize(exchange: ApduExchange, atr: Uint8Array): Promise<CardApplication | undefined>;
}
