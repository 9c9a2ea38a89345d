import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certificateContainer, indexLength, parseIndex } from '../../../../src/cards/idprime/index-file.js';
import { concatBytes, fromHex } from '../../../../src/core/bytes.js';
import { isMiddlewareError } from '../../../../src/core/errors.js';

// As a virtual card answered OpenSC 0.23: 7 records.
const recorded = fromHex(
  '07' +
    '0201 0010 6361726469640000 0000000000000000 00' +
    '0202 0006 6361726463660000 0000000000000000 00' +
    '0203 0008 6361726461707073 0000000000000000 00' +
    '0204 0158 636d617066696c65 6d73637000000000 00' +
    '0300 0326 6b78633030000000 6d73637000000000 00' +
    '0301 0325 6b78633031000000 6d73637000000000 00' +
    '0312 0012 74696e666f000000 7031310000000000 00',
);

describe('parseIndex()', () => {
  it('reads the recorded index', () => {
    expect(parseIndex(recorded)).toEqual([
      { fid: 0x0201, size: 0x10, name: 'cardid', directory: '' },
      { fid: 0x0202, size: 6, name: 'cardcf', directory: '' },
      { fid: 0x0203, size: 8, name: 'cardapps', directory: '' },
      { fid: 0x0204, size: 0x158, name: 'cmapfile', directory: 'mscp' },
      { fid: 0x0300, size: 0x326, name: 'kxc00', directory: 'mscp' },
      { fid: 0x0301, size: 0x325, name: 'kxc01', directory: 'mscp' },
      { fid: 0x0312, size: 0x12, name: 'tinfo', directory: 'p11' },
    ]);
  });

  it('ignores what the card over-allocates', () => {
    expect(parseIndex(concatBytes(recorded, new Uint8Array(300)))).toHaveLength(7);
  });

  it('reads an empty index', () => {
    expect(parseIndex(Uint8Array.of(0))).toEqual([]);
  });

  it('refuses every truncation', () => {
    for (let length = 0; length < recorded.length; length += 1) {
      expect(() => parseIndex(recorded.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'ERR_CARD_RESPONSE' }) as Error,
      );
    }
  });

  it('on any bytes answers as many records as announced, or fails typed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        try {
          expect(parseIndex(bytes)).toHaveLength(bytes[0]!);
        } catch (error) {
          if (!isMiddlewareError(error, 'ERR_CARD_RESPONSE')) throw error;
          expect(bytes.length).toBeLessThan(indexLength(bytes[0] ?? 0));
        }
      }),
    );
  });
});

describe('certificateContainer()', () => {
  const record = (name: string, directory = 'mscp') => ({ fid: 0x300, size: 1, name, directory });

  it.each([
    ['kxc00', 0],
    ['ksc01', 1],
    ['kxc14', 14],
  ])('of %s is %i', (name, container) => expect(certificateContainer(record(name))).toBe(container));

  it.each(['kxc0', 'kxc000', 'kxcab', 'priprk00', 'msroots', 'cardid', ''])('of %s is undefined', (name) =>
    expect(certificateContainer(record(name))).toBeUndefined(),
  );

  it('of a certificate name in another directory is undefined', () =>
    expect(certificateContainer(record('kxc00', 'p11'))).toBeUndefined());
});
