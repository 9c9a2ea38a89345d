import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/core/bytes.js';
import { announcesExtendedLength, compactTlvs, historicalBytes } from '../../../src/iso7816/answer-to-reset.js';

const yubiKey5 = '3bfd1300008131fe158073c021c057597562694b657940';

describe('historicalBytes()', () => {
  it.each([
    ['a YubiKey 5, T=1', yubiKey5, '8073c021c057597562694b6579'],
    ['a YubiKey 5, contactless', '3b8d80018073c021c057597562694b6579f9', '8073c021c057597562694b6579'],
    ['an IDPrime 940, T=0, no TD1', '3b7f96000080318065b0855956fb120ffe829000', '80318065b0855956fb120ffe829000'],
    ['a PIV card', '3bfd1800008131fe4580fba0000003080000100001002f', '80fba000000308000010000100'],
    ['a card without any', '3b00', ''],
    ['nothing', '', ''],
    ['an ATR that ends in its interface bytes', '3bff96', ''],
  ])('of %s', (_, atr, historical) => {
    expect(toHex(historicalBytes(fromHex(atr)))).toBe(historical);
  });
});

describe('compactTlvs()', () => {
  it('finds objects in both forms with a category indicator', () => {
    expect([...compactTlvs(fromHex('803180 73c021c0')).keys()]).toEqual([3, 7]);
    expect([...compactTlvs(fromHex('003180 519000')).keys()]).toEqual([3]);
  });

  it('finds nothing in other forms and leaves out what is cut off', () => {
    expect(compactTlvs(fromHex('597562694b657934')).size).toBe(0);
    expect([...compactTlvs(fromHex('80318073c0')).keys()]).toEqual([3]);
  });

  it('takes any bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 33 });
    fc.assert(fc.property(bytes, (atr) => compactTlvs(historicalBytes(atr)).size <= 15));
  });
});

describe('announcesExtendedLength()', () => {
  it.each([
    ['a YubiKey 5', yubiKey5, true],
    ['a PIV card that says nothing', '3bfd1800008131fe4580fba0000003080000100001002f', false],
    ['a card with chaining alone', '3b05 8073c02180', false],
    ['a card with a shorter table', '3b04 8072c0ff', false],
  ])('of %s', (_, atr, announces) => {
    expect(announcesExtendedLength(fromHex(atr))).toBe(announces);
  });
});
