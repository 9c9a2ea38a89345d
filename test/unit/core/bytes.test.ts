import fc from 'fast-check';
import { expect, it } from 'vitest';
import { concatBytes, equalBytes, fromHex, toBase64Url, toHex } from '../../../src/core/bytes.js';

it('fromHex() reads what toHex() writes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(fromHex(toHex(bytes))).toEqual(Uint8Array.from(bytes));
    }),
  );
});

it.each(['0', 'xy', '0x00', '00:11'])('fromHex() refuses %s', (text) => {
  expect(() => fromHex(text)).toThrow(SyntaxError);
});

it('concatBytes() and equalBytes() agree', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      const joined = concatBytes(a, b);
      expect(equalBytes(joined.subarray(0, a.length), a)).toBe(true);
      expect(equalBytes(joined, a)).toBe(b.length === 0);
    }),
  );
});

it('toBase64Url() has no padding and no + or /', () => {
  expect(toBase64Url(Uint8Array.of(0xfb, 0xff, 0xfe, 0x01))).toBe('-__-AQ');
});
