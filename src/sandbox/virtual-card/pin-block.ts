import { timingSafeEqual } from 'node:crypto';
import type { PinBlock } from './card-models.js';

const BLOCK = 16;
const MIN_PIN = 4;

/** A PIN and the one that follows it in the same command. */
export interface PinPair {
  readonly code: Uint8Array;
  readonly next: Uint8Array;
}

/** Whether VERIFY may have that many bytes; what is not in the card's own form is then a wrong PIN. */
export function isPinLength(length: number): boolean {
  return length >= 1 && length <= BLOCK;
}

/** Whether these bytes are, in the card's own form, what it stores padded with 00. */
export function isSamePin(form: PinBlock, candidate: Uint8Array, stored: Uint8Array): boolean {
  const expected = form === 'padded' ? stored : stored.subarray(0, pinLength(stored));
  return candidate.length === expected.length && timingSafeEqual(candidate, expected);
}

/**
 * Splits old and new, or PUK and new. Unpadded they follow each other without a mark (ISO/IEC 7816-4:2020 §11.6.7), so
 * the card takes as many bytes for the old as the old has. Undefined when the data cannot be two PINs.
 */
export function splitPins(form: PinBlock, data: Uint8Array, stored: Uint8Array): PinPair | undefined {
  const fits = form === 'padded' ? data.length === 2 * BLOCK : data.length >= 2 * MIN_PIN && data.length <= 2 * BLOCK;
  const end = form === 'padded' ? BLOCK : pinLength(stored);
  return fits ? { code: data.subarray(0, end), next: data.subarray(end) } : undefined;
}

/** At least four bytes; padded, then only 00 up to the end of the block; unpadded, no 00 at all. */
export function isAcceptablePin(form: PinBlock, pin: Uint8Array): boolean {
  const end = pinLength(pin);
  if (form === 'unpadded') return end === pin.length && end >= MIN_PIN && end <= BLOCK;
  return pin.length === BLOCK && end >= MIN_PIN && pin.subarray(end).every((byte) => byte === 0);
}

function pinLength(block: Uint8Array): number {
  const end = block.indexOf(0);
  return end === -1 ? block.length : end;
}
