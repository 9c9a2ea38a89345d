import type { HttpAnswer } from '../core/ports.js';

const shortest = 1;
/** Who waits longer comes back by themselves. */
const longest = 7 * 86_400;
const usual = 60;

/**
 * Seconds that an issuer asks for (RFC 9110 §10.2.3: a number, or a date, which is set against its own clock); within a
 * week, and a minute where it says nothing that can be read.
 *
 * @param now - milliseconds since the epoch.
 */
export function retryAfterSeconds({ headers, date }: Pick<HttpAnswer, 'headers' | 'date'>, now: number): number {
  const value = headers['retry-after'] ?? '';
  const seconds = /^[0-9]{1,12}$/.test(value) ? Number(value) : (Date.parse(value) - (date ?? now)) / 1000;
  return Number.isNaN(seconds) ? usual : Math.min(Math.max(Math.ceil(seconds), shortest), longest);
}
