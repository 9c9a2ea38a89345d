import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attemptsLeft,
  bytesAvailable,
  correctedLe,
  statusError,
  verifyError,
} from '../../../src/cards/status-words.js';
import { PinVerificationError } from '../../../src/core/errors.js';

describe('verifyError()', () => {
  it('calls 63Cx a wrong PIN with the tries that are left', () => {
    for (let left = 1; left <= 15; left += 1) {
      const error = verifyError(0x63c0 | left, 0x11);
      expect(error).toMatchObject({
        code: 'ERR_PIN_WRONG',
        attemptsRemaining: left,
        blocked: false,
        pinReference: 0x11,
      });
    }
  });

  it.each([0x63c0, 0x6983])('calls %i a blocked PIN', (statusWord) => {
    expect(verifyError(statusWord, 0x83)).toMatchObject({
      code: 'ERR_PIN_BLOCKED',
      attemptsRemaining: 0,
      pinReference: 0x83,
    });
  });

  it('never calls anything else a wrong or a blocked PIN', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), (statusWord) => {
        fc.pre(statusWord >> 4 !== 0x63c && statusWord !== 0x6983);
        const error = verifyError(statusWord, 0x11);
        expect(error).not.toBeInstanceOf(PinVerificationError);
        expect(error.code).toMatch(/^ERR_CARD_/);
        expect(error.fields['statusWord']).toBe(statusWord.toString(16).padStart(4, '0'));
      }),
    );
  });
});

describe('statusError()', () => {
  it.each([
    [0x6982, 'ERR_CARD_SECURITY_STATUS', '6982'],
    [0x6a82, 'ERR_CARD_FILE_NOT_FOUND', '6a82'],
    [0x6f00, 'ERR_CARD_STATUS', '6f00'],
    [0x63c2, 'ERR_CARD_STATUS', '63c2'],
    [0x6983, 'ERR_CARD_STATUS', '6983'],
    [0x0001, 'ERR_CARD_STATUS', '0001'],
  ])('of %i is %s', (statusWord, code, text) => {
    expect(statusError(statusWord, 'PSO')).toMatchObject({ code, fields: { statusWord: text, command: 'PSO' } });
  });
});

describe('the forms with a count', () => {
  it('are told apart for every status word', () => {
    for (let statusWord = 0; statusWord <= 0xffff; statusWord += 1) {
      const low = statusWord & 0xff;
      expect(bytesAvailable(statusWord)).toBe(statusWord >> 8 === 0x61 ? low : undefined);
      expect(correctedLe(statusWord)).toBe(statusWord >> 8 === 0x6c ? low || 256 : undefined);
      expect(attemptsLeft(statusWord)).toBe(statusWord >> 4 === 0x63c ? low & 0x0f : undefined);
    }
  });
});
