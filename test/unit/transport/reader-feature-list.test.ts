import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../src/core/bytes.js';
import {
  parseFeatureList,
  parsePinProperties,
  parseTlvProperties,
} from '../../../src/transport/reader-feature-list.js';

const anyBytes = fc.uint8Array({ maxLength: 64 });

describe('parseFeatureList()', () => {
  const list = (hex: string): unknown => [...parseFeatureList(fromHex(hex))];

  it('reads the list of libccid', () => {
    expect(list('060442330006 070442330007 0a044233000a 120442330012')).toEqual([
      [0x06, 0x42330006],
      [0x07, 0x42330007],
      [0x0a, 0x4233000a],
      [0x12, 0x42330012],
    ]);
  });

  it('keeps codes of Windows, and those with the highest bit, as positive numbers', () => {
    expect(list('060400313520 0704ffffffff')).toEqual([
      [0x06, 0x00313520],
      [0x07, 0xffffffff],
    ]);
  });

  it.each([
    ['nothing', ''],
    ['a feature cut short', '060442330006 07044233'],
    ['bytes left over', '060442330006 00'],
    ['another length', '060342330006'],
    ['a length of zero', '060000000000'],
    ['a tag told twice', '060442330006 060442330007'],
    ['a number for the system to make a code of', '060400000d48'],
    ['a code of zero', '060400000000'],
  ])('takes %s for no features', (_, hex) => {
    expect(list(hex)).toEqual([]);
  });

  it('never throws, and gives whole codes only', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        for (const code of parseFeatureList(bytes).values()) expect(code).toBeGreaterThanOrEqual(0x10000);
      }),
    );
  });
});

describe('parsePinProperties()', () => {
  it('tells the display, and no display', () => {
    expect(parsePinProperties(fromHex('10020701'))).toEqual({ lines: 2, columns: 16 });
    expect(parsePinProperties(fromHex('00000701'))).toBeUndefined();
  });

  it.each(['', '1002', '100207', '1002070100'])('takes %s for no display', (hex) => {
    expect(parsePinProperties(fromHex(hex))).toBeUndefined();
  });
});

describe('parseTlvProperties()', () => {
  const properties = (hex: string): unknown => parseTlvProperties(fromHex(hex));

  it('reads what we use and passes over the rest', () => {
    expect(
      properties('0102 1002 0201 07 0301 01 060104 070108 0804 54455354 0900 0a04 00000100 0b02 6b07 0c02 3130'),
    ).toEqual({
      display: { lines: 2, columns: 16 },
      minPinLength: 4,
      maxPinLength: 8,
      maxApduDataSize: 0x10000,
      vendorId: 0x076b,
      productId: 0x3031,
    });
  });

  it.each([
    ['nothing', ''],
    ['a tag alone', '06'],
    ['a value cut short', '060104 0a0400'],
    ['another length of a known property', '06020400'],
    ['a property told twice', '060104 060105'],
  ])('takes %s for nothing told', (_, hex) => {
    expect(properties(hex)).toEqual({});
  });

  it.each([
    ['shortest above longest', '060109 070108', {}],
    ['a longest of zero', '070100', {}],
    ['a size of zero', '0a0400000000', {}],
    ['a size beyond extended length', '0a0401000100', {}],
    ['a negative size', '0a04ffffffff', {}],
    ['short length', '0a0400010000', { maxApduDataSize: 256 }],
    ['no shortest', '070108', { maxPinLength: 8 }],
  ])('%s', (_, hex, expected) => {
    expect(properties(hex)).toEqual(expected);
  });

  it('never throws', () => {
    fc.assert(fc.property(anyBytes, (bytes) => typeof parseTlvProperties(bytes) === 'object'));
  });
});
