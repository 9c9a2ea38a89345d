import type { KeyObject } from 'node:crypto';
import type { Random } from '../../core/ports.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import type { Reply } from '../virtual-card/status-words.js';
import type { PivCardState, PivKeyState } from './piv-card-state.js';

/** A question of the management key's authentication that waits for its answer. */
export interface OpenChallenge {
  readonly role: 'witness' | 'challenge';
  readonly value: Uint8Array;
}

/** What one command leaves for the very next one. */
export interface Trail {
  readonly pinVerified?: boolean;
  readonly challenge?: OpenChallenge;
}

/** All that a reset wipes. */
export interface PivVolatile {
  selected: boolean;
  pinVerified: boolean;
  globalPinVerified: boolean;
  managementAuthenticated: boolean;
  /** What the command before this one left. */
  preceding: Trail;
  /** What this command leaves. */
  trail: Trail;
}

/** What command handlers work on. */
export interface PivContext {
  readonly state: PivCardState;
  readonly volatile: PivVolatile;
  readonly random: Random;
  /** Writes the state to the store; throws what the store throws. */
  save(): void;
  /** The usable form of a stored private key. */
  keyObject(key: PivKeyState): KeyObject;
  /** Called for each private-key operation, which takes a real card long. */
  countKeyOperation(): void;
}

export type PivHandler = (card: PivContext, command: ParsedCommand) => Reply;

export function freshPivVolatile(selected: boolean): PivVolatile {
  return {
    selected,
    pinVerified: false,
    globalPinVerified: false,
    managementAuthenticated: false,
    preceding: {},
    trail: {},
  };
}

/** Whether one of the PINs that satisfy access rules has been verified. */
export function hasPin({ volatile }: PivContext): boolean {
  return volatile.pinVerified || volatile.globalPinVerified;
}
