import type { StateStore } from '../virtual-card/card-store.js';
import type { DedicatedFile } from './card-files.js';

/** Which commands the card understands: IsoApplet 0.6 and 1, or MyEID 4.5. */
export type CommandSet = 'isoapplet' | 'myeid';

/** A PIN or PUK with its retry counter. */
export interface SecretState {
  readonly role: 'pin' | 'puk';
  /** PINs and PUKs are numbered apart; MyEID's PUK n unblocks its PIN n. */
  readonly reference: number;
  readonly maxTries: number;
  triesLeft: number;
  /** Padded to the block of the command set. */
  readonly value: Uint8Array;
}

/** A private key outside the file system, as IsoApplet keeps them. */
export interface SlotKey {
  readonly reference: number;
  /** PKCS #8 DER. */
  readonly pkcs8: Uint8Array;
}

/** All that survives without power. */
export interface Pkcs15CardState {
  readonly commandSet: CommandSet;
  /** Bytes that all files and keys together may take. */
  readonly capacity: number;
  /** 10 bytes. */
  readonly serial: Uint8Array;
  /** MyEID: until it is activated, nothing is protected. */
  activated: boolean;
  /** MyEID: counts every change of files, keys and PINs, modulo 65 536. */
  changes: number;
  readonly secrets: SecretState[];
  readonly keys: SlotKey[];
  root: DedicatedFile;
}

export type Pkcs15CardStore = StateStore<Pkcs15CardState>;
