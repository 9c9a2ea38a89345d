import { sanitizeOutsideText } from '../core/outside-text.js';

/** As many characters as a personal phrase may have: one row of a small screen. */
export const maxPhraseLength = 64;

/**
 * A personal phrase as it is kept and shown: NFC, on one line, nothing invisible in it; undefined where nothing is left.
 * It may still be longer than {@link maxPhraseLength} UTF-16 units, and is refused then.
 */
export function cleanPhrase(text: string): string | undefined {
  const clean = sanitizeOutsideText(text);
  return clean === '' ? undefined : clean;
}

/** Whether this can be kept as it is. */
export function isPhrase(value: unknown): value is string {
  return typeof value === 'string' && value.length <= maxPhraseLength && cleanPhrase(value) === value;
}
