import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MiddlewareError } from '../../../../src/core/errors.js';
import type { Secret } from '../../../../src/core/secret.js';
import { HeldPin, type HeldPinOptions } from '../../../../src/operations/download/held-pin.js';
import type { PinEntry } from '../../../../src/tokens/token.js';
import { isWiped, secretOf } from '../../../support/token-bench.js';

let pin: Secret;
let user: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  pin = secretOf('123456');
  user = new AbortController();
});
afterEach(() => void vi.useRealTimers());

const hold = (more: Partial<HeldPinOptions> = {}): HeldPin =>
  new HeldPin({ pin, attemptsShown: 3, lastTryConsent: false, signal: user.signal, ...more });
const textOf = (entry: PinEntry): string =>
  entry === 'pin-pad' ? entry : entry.use((bytes) => Buffer.from(bytes).toString('latin1'));
const counter = (attemptsRemaining: number | undefined) => ({ reference: 1, attemptsRemaining, blocked: false });
const over = expect.objectContaining({ code: 'ERR_PIN_OPERATION_OVER' }) as Error;

describe('HeldPin', () => {
  it('gives a copy to the first use and itself to the second', () => {
    const held = hold();
    const first = held.first();
    expect(textOf(first.pin)).toBe('123456');
    (first.pin as Secret).wipe();
    held.accepted(counter(3));
    const second = held.last();
    expect(textOf(second.pin)).toBe('123456');
    expect(second.pin).toBe(pin);
    expect(second).toMatchObject({ attemptsShown: 3, lastTryConsent: false });
  });

  it('gives itself to an only use', () => {
    expect(hold({ lastTryConsent: true }).last()).toMatchObject({ pin, lastTryConsent: true });
  });

  it('has no second use before the first was accepted, and is wiped then', () => {
    const held = hold();
    held.first();
    expect(() => held.last()).toThrow(over);
    expect(isWiped(pin)).toBe(true);
  });

  it('has no second use of either kind after the last', () => {
    const held = hold();
    held.last();
    expect(() => held.last()).toThrow(over);
    expect(() => held.first()).toThrow(over);
  });

  it('has no second use when fewer tries are left than the user saw', () => {
    const held = hold();
    held.first();
    held.accepted(counter(2));
    expect(isWiped(pin)).toBe(true);
    expect(() => held.last()).toThrow(expect.objectContaining({ code: 'ERR_PIN_COUNTER_FELL' }) as Error);
  });

  it('shows the token the counter that the first use told', () => {
    const held = hold({ attemptsShown: 1, lastTryConsent: true });
    held.first();
    held.accepted(counter(3));
    expect(held.last()).toMatchObject({ attemptsShown: 3, lastTryConsent: false });
  });

  it('keeps what the user saw where the card does not count aloud', () => {
    const held = hold({ lastTryConsent: true });
    held.first();
    held.accepted(counter(undefined));
    expect(held.last()).toMatchObject({ attemptsShown: 3, lastTryConsent: false });
  });

  it('is wiped after a minute, and says so', () => {
    const held = hold();
    held.first();
    held.accepted(counter(3));
    vi.advanceTimersByTime(59_999);
    expect(isWiped(pin)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(isWiped(pin)).toBe(true);
    expect(held.leftMs).toBe(0);
    expect(() => held.last()).toThrow(over);
  });

  it('is wiped when the user goes, also before it began', () => {
    const held = hold();
    user.abort();
    expect(isWiped(pin)).toBe(true);
    expect(() => held.first()).toThrow(expect.objectContaining({ code: 'ERR_ABORTED' }) as Error);
    const late = secretOf('123456');
    hold({ pin: late });
    expect(isWiped(late)).toBe(true);
  });

  it('is wiped for the first reason that is given, with the management key', () => {
    const managementKey = secretOf('ABCDEFGHIJKLMNOP');
    const held = hold({ managementKey });
    held.wipe(new MiddlewareError('ERR_CARD_REMOVED', 'gone'));
    held.wipe();
    expect(isWiped(pin) && isWiped(managementKey)).toBe(true);
    expect(() => held.last()).toThrow(expect.objectContaining({ code: 'ERR_CARD_REMOVED' }) as Error);
  });

  it('does not wipe what the second use took over', () => {
    const managementKey = secretOf('ABCDEFGHIJKLMNOP');
    const held = hold({ managementKey });
    const first = held.first();
    expect(first.managementKey).not.toBe(managementKey);
    held.accepted(counter(3));
    const second = held.last();
    held.wipe();
    vi.advanceTimersByTime(120_000);
    user.abort();
    expect(second.managementKey).toBe(managementKey);
    expect(isWiped(pin) || isWiped(managementKey)).toBe(false);
  });

  it('lets a keypad be used twice', () => {
    const held = hold({ pin: 'pin-pad', language: 'en' });
    expect(held.first()).toMatchObject({ pin: 'pin-pad', language: 'en' });
    held.accepted(counter(3));
    expect(held.last().pin).toBe('pin-pad');
  });
});
