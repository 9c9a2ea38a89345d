import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFreshness } from '../../../../src/cards/idprime/freshness.js';
import { concatBytes } from '../../../../src/core/bytes.js';

describe('parseFreshness()', () => {
  const six = fc.uint8Array({ minLength: 6, maxLength: 6 });

  it('differs exactly when the six counters differ', () => {
    fc.assert(
      fc.property(six, six, fc.uint8Array({ maxLength: 8 }), (a, b, tail) => {
        const same = a.every((byte, index) => byte === b[index]);
        expect(parseFreshness(a) === parseFreshness(concatBytes(b, tail))).toBe(same);
      }),
    );
  });

  it.each([0, 1, 5])('refuses %i bytes', (length) => {
    expect(() => parseFreshness(new Uint8Array(length))).toThrow(
      expect.objectContaining({ code: 'ERR_CARD_RESPONSE' }) as Error,
    );
  });
});
