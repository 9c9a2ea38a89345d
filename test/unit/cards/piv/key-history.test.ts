import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { announceRetired, retiredOnCard } from '../../../../src/cards/piv/key-history.js';
import { fromHex, toHex } from '../../../../src/core/bytes.js';

describe('retiredOnCard()', () => {
  it.each([
    ['c10103c20101f300fe00', 3],
    ['c10100c20100fe00', 0],
    // More slots than there are.
    ['c101ffc20100fe00', 20],
    ['c20100fe00', undefined],
    ['c1020001fe00', undefined],
    ['c105', undefined],
  ])('of %s', (contents, count) => {
    expect(retiredOnCard(fromHex(contents))).toBe(count);
  });

  it('of no object is unknown', () => {
    expect(retiredOnCard(undefined)).toBeUndefined();
  });

  it('never fails', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (contents) => {
        const count = retiredOnCard(contents) ?? 0;
        return count >= 0 && count <= 20;
      }),
    );
  });
});

describe('announceRetired()', () => {
  it('writes a whole object where there is none, or one that makes no sense', () => {
    expect(toHex(announceRetired(undefined, 2))).toBe('c10102c20100f300fe00');
    expect(toHex(announceRetired(fromHex('c1'), 2))).toBe('c10102c20100f300fe00');
  });

  it('keeps what the object says of other keys', () => {
    expect(toHex(announceRetired(fromHex('c10101c20102f303616263fe00'), 4))).toBe('c10104c20102f303616263fe00');
  });

  it('never announces less than before', () => {
    expect(toHex(announceRetired(fromHex('c10105c20100f300fe00'), 2))).toBe('c10105c20100f300fe00');
  });

  it('on any bytes writes what retiredOnCard() reads', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 20 }), (before, count) => {
        expect(retiredOnCard(announceRetired(before, count))).toBe(Math.max(count, retiredOnCard(before) ?? 0));
      }),
    );
  });
});
