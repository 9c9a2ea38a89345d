import type { KeyObject } from 'node:crypto';
import type { Random } from '../../core/ports.js';
import { allFiles, keySize, sizeOf, type CardFile, type DedicatedFile } from './card-files.js';
import type { Pkcs15CardState, SecretState } from './pkcs15-card-state.js';

/** What MSE SET chose (ISO/IEC 7816-8:2019 §7). */
export interface SecurityEnvironment {
  readonly purpose: 'sign' | 'decipher' | 'agree' | 'generate';
  readonly algorithm: number;
  /** IsoApplet: the key's number. MyEID: the identifier of the key's file. */
  readonly key: number;
}

/** All that a reset wipes. */
export interface Pkcs15Volatile {
  /** What CREATE FILE and relative paths refer to. */
  directory: DedicatedFile;
  /** What READ BINARY and its kin work on. */
  current: CardFile;
  readonly verified: Set<number>;
  environment: SecurityEnvironment | undefined;
  /** IsoApplet: 1 once the host has asked for it. */
  apiVersion: 0 | 1;
  /** MyEID: parts of a key that arrive one by one, by tag. */
  readonly keyParts: Map<number, Uint8Array>;
}

/** What command handlers work on. */
export interface Pkcs15Context {
  readonly state: Pkcs15CardState;
  readonly volatile: Pkcs15Volatile;
  readonly random: Random;
  /** Whether the card takes lengths of two bytes. */
  readonly extendedLength: boolean;
  /** Writes the state to the store; throws what the store throws. */
  save(): void;
  /** As `save`, after a change of files, keys or PINs. */
  saveChange(): void;
  keyObject(pkcs8: Uint8Array): KeyObject;
  /** Called for each private-key operation, which takes a real card long. */
  countKeyOperation(): void;
}

export function freshPkcs15Volatile(root: DedicatedFile): Pkcs15Volatile {
  return {
    directory: root,
    current: root,
    verified: new Set(),
    environment: undefined,
    apiVersion: 0,
    keyParts: new Map(),
  };
}

export const secretOf = (
  { state }: Pkcs15Context,
  role: SecretState['role'],
  reference: number,
): SecretState | undefined => state.secrets.find((secret) => secret.role === role && secret.reference === reference);

/** Memory that is left. */
export function freeBytes({ state }: Pkcs15Context, keyBits: (pkcs8: Uint8Array) => number): number {
  const files = allFiles(state.root).reduce((sum, file) => sum + sizeOf(file), 0);
  return state.keys.reduce((free, key) => free - keySize(keyBits(key.pkcs8)), state.capacity - files);
}
