import { wipeableBytes } from '../../core/secret.js';
import type { CommandSet } from './pkcs15-card-state.js';

/** How a command set writes a PIN: padded to a block. */
export interface PinBlock {
  readonly length: number;
  readonly padding: number;
}

export const pinBlocks: Record<CommandSet, PinBlock> = {
  isoapplet: { length: 16, padding: 0x00 },
  myeid: { length: 8, padding: 0xff },
};

export const MIN_PIN = 4;

/** A block of at least four bytes, then only padding. */
export function isAcceptableBlock({ length, padding }: PinBlock, block: Uint8Array): boolean {
  if (block.length !== length) return false;
  const end = block.indexOf(padding);
  return end === -1 || (end >= MIN_PIN && block.subarray(end).every((byte) => byte === padding));
}

export function padPin({ length, padding }: PinBlock, pin: Uint8Array): Uint8Array {
  const block = wipeableBytes(length).fill(padding);
  block.set(pin.subarray(0, length));
  return block;
}
