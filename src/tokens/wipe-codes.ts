import type { PinEntry } from './token.js';

/** Wipes codes; one that is typed on a reader's keypad never was here. */
export function wipeCodes(codes: readonly PinEntry[]): void {
  for (const code of codes) if (code !== 'pin-pad') code.wipe();
}

/** Runs what takes codes, and wipes them whatever comes of it. */
export async function wiping<T>(codes: readonly PinEntry[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    wipeCodes(codes);
  }
}
