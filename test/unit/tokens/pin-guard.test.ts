import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MiddlewareError } from '../../../src/core/errors.js';
import { Secret } from '../../../src/core/secret.js';
import type { PinFormat } from '../../../src/model/pin.js';
import { checkPinFormat, checkRetryCounter, type KnownRetryCounter } from '../../../src/tokens/pin-guard.js';
import { secretOf } from '../../support/token-bench.js';

const digits: PinFormat = { minLength: 4, maxLength: 8, characters: 'digits' };
const printable: PinFormat = { ...digits, characters: 'printable' };
const counter = (attemptsRemaining: number): KnownRetryCounter => ({
  reference: 0x11,
  attemptsRemaining,
  blocked: attemptsRemaining === 0,
});
const codeOf = (work: () => void): string => {
  try {
    work();
  } catch (error) {
    return (error as MiddlewareError).code;
  }
  return 'passed';
};

describe('checkPinFormat()', () => {
  it.each(['1234', '12345678', '0000'])('lets %s pass', (pin) => {
    expect(() => checkPinFormat(secretOf(pin), digits)).not.toThrow();
  });

  it.each(['', '123', '123456789', '12a4', ' 1234', '1234\n', '12\u00004', '１２３４'])('refuses "%s"', (pin) => {
    expect(codeOf(() => checkPinFormat(Secret.moveFrom(new Uint8Array(Buffer.from(pin))), digits))).toBe(
      'ERR_PIN_MALFORMED',
    );
  });

  it('lets printable ASCII pass where the card takes it, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        const fits = bytes.length >= 4 && bytes.length <= 8 && bytes.every((byte) => byte >= 0x20 && byte <= 0x7e);
        const code = codeOf(() => checkPinFormat(Secret.moveFrom(bytes.slice()), printable));
        expect(code).toBe(fits ? 'passed' : 'ERR_PIN_MALFORMED');
      }),
    );
  });

  it('says nothing of the PIN but what form it should have', () => {
    try {
      checkPinFormat(secretOf('geheim'), digits);
      expect.unreachable();
    } catch (error) {
      expect((error as MiddlewareError).fields).toEqual({ minLength: 4, maxLength: 8, characters: 'digits' });
    }
  });
});

describe('checkRetryCounter()', () => {
  const range = (end: number): number[] => [...Array(end).keys()];
  const cases = range(16).flatMap((left) =>
    range(17).flatMap((attemptsShown) =>
      [false, true].map((lastTryConsent) => ({ left, consent: { attemptsShown, lastTryConsent } })),
    ),
  );

  // All of them, since chance seldom meets the one that matters most.
  it('passes exactly when nothing fell, nothing is blocked, and a last try is agreed to', () => {
    for (const { left, consent } of cases) {
      const { attemptsShown, lastTryConsent } = consent;
      const expected =
        left === 0
          ? 'ERR_PIN_BLOCKED'
          : left < attemptsShown
            ? 'ERR_PIN_COUNTER_FELL'
            : left === 1 && !lastTryConsent
              ? 'ERR_PIN_LAST_TRY'
              : 'passed';
      expect([left, consent, codeOf(() => checkRetryCounter(counter(left), consent))]).toEqual([
        left,
        consent,
        expected,
      ]);
    }
  });
});
