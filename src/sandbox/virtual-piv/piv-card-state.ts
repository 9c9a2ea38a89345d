import type { StateStore } from '../virtual-card/card-store.js';

/**
 * What the ATR says: a YubiKey 5; a card whose historical bytes name PIV as implicitly selected; or nothing about PIV.
 */
export type PivAtrKind = 'yubikey' | 'hist' | 'generic';

/** When a key wants the PIN (SP 800-73-4 part 1, table 4): never, once a session, or right before each use. */
export type PinPolicy = 'never' | 'once' | 'always';

/** PIN, PUK or global PIN with its retry counter. */
export interface PivCodeState {
  readonly maxTries: number;
  triesLeft: number;
  /** 8 bytes, padded with FF. */
  readonly value: Uint8Array;
}

/** Key 9B (SP 800-78-4 table 6-2): 03 for 3DES, 08, 0A and 0C for AES-128, -192 and -256. */
export interface ManagementKeyState {
  readonly algorithm: number;
  readonly value: Uint8Array;
}

/** A private key, as PKCS #8 DER. */
export interface PivKeyState {
  readonly reference: number;
  readonly pinPolicy: PinPolicy;
  readonly origin: 'generated' | 'imported';
  readonly pkcs8: Uint8Array;
}

/** A data object; the value is what stands inside tag 53. */
export interface PivObjectState {
  readonly tag: number;
  readonly value: Uint8Array;
}

/** All that survives without power. */
export interface PivCardState {
  readonly atrKind: PivAtrKind;
  /** Whether the card knows Yubico's own commands. */
  readonly yubico: boolean;
  /** Whether there is a discovery object. */
  readonly discovery: boolean;
  /** Yubico's serial number, 4 bytes. */
  readonly serial: Uint8Array;
  /** Bytes that all data objects together may take. */
  readonly capacity: number;
  pin: PivCodeState;
  puk: PivCodeState;
  /** Satisfies what the PIN satisfies, and is preferred, when the card has one. */
  readonly globalPin: PivCodeState | undefined;
  managementKey: ManagementKeyState;
  keys: PivKeyState[];
  objects: PivObjectState[];
}

/** The memory of a PIV card. */
export type PivCardStore = StateStore<PivCardState>;
