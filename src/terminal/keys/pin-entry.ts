import { Secret, wipeableBytes } from '../../core/secret.js';

/** A PIN while it is being typed. */
export interface PinEntry {
  readonly length: number;
  /** One more character; ignored when the entry is full. */
  push(byte: number): void;
  backspace(): void;
  clear(): void;
  /** Moves the PIN out; the entry is empty afterwards. */
  take(): Secret;
}

/** Longer than any card's PIN. */
const longestPin = 32;

/** An empty entry. */
export function createPinEntry(maxLength = longestPin): PinEntry {
  const bytes = wipeableBytes(maxLength);
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(byte) {
      if (length < maxLength) bytes[length++] = byte;
    },
    backspace() {
      if (length > 0) bytes[--length] = 0;
    },
    clear() {
      bytes.fill(0);
      length = 0;
    },
    take() {
      const secret = Secret.moveFrom(bytes.subarray(0, length));
      length = 0;
      return secret;
    },
  };
}
