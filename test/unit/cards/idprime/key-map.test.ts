import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKeyMap } from '../../../../src/cards/idprime/key-map.js';
import { concatBytes, fromHex } from '../../../../src/core/bytes.js';

describe('parseKeyMap()', () => {
  it('reads the recorded map with both PINs', () => {
    expect(parseKeyMap(fromHex('0156000000000001 0157010000000003 0158020000000001 0159030000000001'))).toEqual([
      { reference: 0x56, container: 0, pin: 0x11 },
      { reference: 0x57, container: 1, pin: 0x83 },
      { reference: 0x58, container: 2, pin: 0x11 },
      { reference: 0x59, container: 3, pin: 0x11 },
    ]);
  });

  it('leaves out records that are not in use', () => {
    expect(parseKeyMap(fromHex('0000000000000000 01570100000000ff 00580200 00000001'))).toEqual([
      { reference: 0x57, container: 1, pin: 0x83 },
    ]);
  });

  it('takes a PIN index of 0 for the signature PIN, as OpenSC does', () => {
    expect(parseKeyMap(fromHex('0157010000000000'))[0]?.pin).toBe(0x83);
  });

  it('on any bytes reads whole records only, and every one in use', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 7 }), (bytes, tail) => {
        const whole = bytes.subarray(0, bytes.length - (bytes.length % 8));
        const keys = parseKeyMap(concatBytes(whole, tail));
        const used = Array.from({ length: whole.length / 8 }, (_, record) => whole[record * 8]).filter((b) => b !== 0);
        expect(keys).toHaveLength(used.length);
        for (const { pin } of keys) expect([0x11, 0x83]).toContain(pin);
      }),
    );
  });
});
