import type { CardModelName } from './card-models.js';
import type { StateStore } from './card-store.js';

/** Where keys and PINs of the card meet: 11 is the user PIN, 83 the digital-signature PIN. */
export type VirtualPinReference = 0x11 | 0x83;

/** `kxc`: key-exchange container, signs and deciphers; `ksc`: signature container, only signs. */
export type ContainerKind = 'kxc' | 'ksc';

/** A PIN or PUK with its retry counter. */
export interface PinState {
  readonly reference: number;
  readonly maxTries: number;
  triesLeft: number;
  /** 16 bytes, padded with 00. */
  readonly value: Uint8Array;
}

/** A transparent elementary file; its size is fixed when it is created. */
export interface FileState {
  readonly fid: number;
  readonly content: Uint8Array;
}

/** A private key, as PKCS #8 DER. */
export interface KeyState {
  readonly reference: number;
  readonly kind: ContainerKind;
  readonly pinReference: number;
  readonly pkcs8: Uint8Array;
}

/** The key of whoever issued the card: 24 bytes for 3DES, 32 for AES-256. Without tries it is blocked for good. */
export interface AdminKeyState {
  readonly maxTries: number;
  triesLeft: number;
  readonly value: Uint8Array;
}

/** Whether the holder may write, and with which status word the card refuses: 6982 or 6985. */
export type WriteProfile = 'open' | 'never' | 'conditions-not-met';

/** All that survives without power. */
export interface CardState {
  readonly model: CardModelName;
  readonly writing: WriteProfile;
  /** How many keys it has room for. */
  readonly containers: number;
  /** Bytes that all files together may take. */
  readonly capacity: number;
  readonly pins: PinState[];
  readonly puk: PinState;
  readonly adminKey: AdminKeyState;
  readonly files: FileState[];
  readonly keys: KeyState[];
}

/** The memory of an IDPrime card. */
export type CardStore = StateStore<CardState>;
