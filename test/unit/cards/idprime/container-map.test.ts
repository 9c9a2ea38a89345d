import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseContainerMap } from '../../../../src/cards/idprime/container-map.js';
import { concatBytes, fromHex } from '../../../../src/core/bytes.js';

const record = (flags: number, signatureBits: number, keyExchangeBits: number): Uint8Array => {
  const bytes = new Uint8Array(86);
  bytes.set(Buffer.from('{00000000-0000-4000-8000-000000000000}', 'utf16le'));
  bytes[80] = flags;
  new DataView(bytes.buffer).setUint16(82, signatureBits, true);
  new DataView(bytes.buffer).setUint16(84, keyExchangeBits, true);
  return bytes;
};

describe('parseContainerMap()', () => {
  it('reads a recorded record', () => {
    const recorded =
      '7b00300030003000300030003000300030002d0030003000300030002d0034003000300030002d0038003000300030002d00' +
      '3000300030003000300030003000300030003000300030007d0000000000030000000008';
    expect(parseContainerMap(fromHex(recorded))).toEqual([{ container: 0, signatureBits: 0, keyExchangeBits: 2048 }]);
  });

  it('numbers containers by record and leaves out those that are not valid', () => {
    expect(parseContainerMap(concatBytes(record(3, 0, 2048), record(0, 0, 0), record(1, 256, 0)))).toEqual([
      { container: 0, signatureBits: 0, keyExchangeBits: 2048 },
      { container: 2, signatureBits: 256, keyExchangeBits: 0 },
    ]);
  });

  it('on any bytes never reads past the last whole record', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 900 }), (bytes) => {
        for (const { container } of parseContainerMap(bytes))
          expect((container + 1) * 86).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
