import type { KeyObject } from 'node:crypto';
import type { Random } from '../../core/ports.js';
import type { CardModel } from './card-models.js';
import type { CardState, KeyState } from './card-state.js';

/** What MSE SET chose (ISO/IEC 7816-8:2019 §7). */
export interface SecurityEnvironment {
  readonly purpose: 'sign' | 'decipher';
  readonly algorithm: number;
  readonly key: KeyState;
}

/** All that a reset wipes. */
export interface VolatileState {
  appletSelected: boolean;
  currentFile: number | undefined;
  readonly verified: Set<number>;
  environment: SecurityEnvironment | undefined;
  hash: Uint8Array | undefined;
  /** What GET CHALLENGE answered, until it is used. */
  challenge: Uint8Array | undefined;
  adminAuthenticated: boolean;
}

/** What command handlers work on. */
export interface CardContext {
  readonly model: CardModel;
  readonly state: CardState;
  readonly volatile: VolatileState;
  readonly random: Random;
  /** Writes the state to the store; throws what the store throws. */
  save(): void;
  /** The usable form of a stored private key. */
  keyObject(key: KeyState): KeyObject;
  /** Called for each private-key operation, which takes a real card long. */
  countKeyOperation(): void;
}

export function freshVolatileState(): VolatileState {
  return {
    appletSelected: false,
    currentFile: undefined,
    verified: new Set(),
    environment: undefined,
    hash: undefined,
    challenge: undefined,
    adminAuthenticated: false,
  };
}
