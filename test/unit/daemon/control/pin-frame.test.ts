import { describe, expect, it } from 'vitest';
import { readPinFrame } from '../../../../src/daemon/control/pin-frame.js';

const ticket = 'a0a1a2a3a4a5a6a7a8a9aaabacadaeaf';
const payload = (rest: string): Buffer => Buffer.from(`${ticket}${rest}`, 'hex');

describe('readPinFrame()', () => {
  it('moves the PIN out of the payload', () => {
    const bytes = payload('0138333531');
    const { pin, ...facts } = readPinFrame(bytes);
    expect(facts).toEqual({ ticket, lastTryConsent: true });
    expect(pin.use((value) => Buffer.from(value).toString())).toBe('8351');
    expect(bytes.subarray(17).every((byte) => byte === 0)).toBe(true);
  });

  it.each([
    ['no PIN', '00'],
    ['no flags', ''],
    ['unknown flags', '0238333531'],
  ])('refuses a payload with %s', (_what, rest) => {
    expect(() => readPinFrame(payload(rest))).toThrow('Malformed PIN frame');
  });
});
