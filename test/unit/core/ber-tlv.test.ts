import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeTlv, findTlv, parseTlvs } from '../../../src/core/ber-tlv.js';
import { fromHex, toHex } from '../../../src/core/bytes.js';
import { MiddlewareError } from '../../../src/core/errors.js';

const tags = fc.constantFrom(0x81, 0x6f, 0x5f2f, 0x7f49, 0x5fc105);

describe('parseTlvs()', () => {
  it('reads what encodeTlv() writes, for every form of length', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(tags, fc.uint8Array({ maxLength: 700 })), { maxLength: 5 }), (objects) => {
        const bytes = Buffer.concat(objects.map(([tag, value]) => encodeTlv(tag, value)));
        expect(parseTlvs(bytes)).toEqual(objects.map(([tag, value]) => ({ tag, value: Buffer.from(value) })));
      }),
    );
  });

  it('takes 00 between objects for padding', () => {
    expect(parseTlvs(fromHex('0000 8101AA 00 8200 00')).map(({ tag }) => tag)).toEqual([0x81, 0x82]);
  });

  it.each([
    ['a value beyond the end', '8103AABB'],
    ['a tag without a length', '5F2F'],
    ['a tag that goes on beyond the end', '7F'],
    ['a tag of four bytes', '5F818201 00'],
    ['an indefinite length', '6F80 0000'],
    ['a length of five bytes', '6F85 0000000001 00'],
    ['a length that is cut off', '6F82 01'],
  ])('refuses %s', (_what, hex) => {
    expect(() => parseTlvs(fromHex(hex))).toThrow(MiddlewareError);
  });

  it('never hangs, over-reads, or throws anything untyped on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          const length = parseTlvs(bytes).reduce((sum, { value }) => sum + value.length, 0);
          expect(length).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toMatchObject({ code: 'ERR_CARD_RESPONSE' });
        }
      }),
    );
  });
});

describe('encodeTlv()', () => {
  it.each([
    [0x7f, '817F'],
    [0x80, '818180'],
    [0x100, '81820100'],
    [0x10000, '8183010000'],
  ])('uses the shortest form for a length of %i', (length, head) => {
    expect(toHex(encodeTlv(0x81, new Uint8Array(length)).subarray(0, head.length / 2))).toBe(head.toLowerCase());
  });
});

describe('findTlv()', () => {
  it('finds the first object of a tag, and not inside another', () => {
    expect(findTlv(fromHex('6F03 8101AA 8101BB 8101CC'), 0x81)).toEqual(Uint8Array.of(0xbb));
    expect(findTlv(fromHex('6F03 8101AA'), 0x81)).toBeUndefined();
  });
});
