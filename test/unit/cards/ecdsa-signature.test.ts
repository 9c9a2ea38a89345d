import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ecdsaFromDer } from '../../../src/cards/ecdsa-signature.js';
import { encodeTlv } from '../../../src/core/ber-tlv.js';
import { concatBytes, fromHex, toHex } from '../../../src/core/bytes.js';
import { isMiddlewareError } from '../../../src/core/errors.js';

const malformed = expect.objectContaining({ code: 'ERR_CARD_RESPONSE' }) as Error;

describe('ecdsaFromDer()', () => {
  it('gives the fixed form that verifies', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    for (let round = 0; round < 20; round += 1) {
      const data = createHash('sha256').update(`${round}`).digest();
      const fixed = ecdsaFromDer(sign('sha256', data, privateKey), 64);
      expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, fixed)).toBe(true);
    }
  });

  it('fills short numbers and drops the sign byte', () => {
    const der = fromHex('3008 0201 07 0203 00ff01');
    expect(toHex(ecdsaFromDer(der, 8))).toBe('000000070000ff01');
  });

  it.each([
    ['nothing', ''],
    ['another type', '3106020101020101'],
    ['one number', '3003020101'],
    ['three numbers', '3009020101020101020101'],
    ['a zero', '3006020100020101'],
    ['an empty number', '30050200020101'],
    ['a number that is too long', '300a 0205 0101010101 0201 01'],
    ['no integers', '3006040101040101'],
  ])('refuses %s', (_, der) => {
    expect(() => ecdsaFromDer(fromHex(der), 8)).toThrow(malformed);
  });

  it('on any bytes answers the wanted length or fails typed', () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    const numbers = fc.tuple(bytes, bytes).map(([r, s]) => concatBytes(encodeTlv(0x02, r), encodeTlv(0x02, s)));
    const answers = fc.oneof(
      bytes,
      numbers.map((both) => encodeTlv(0x30, both)),
    );
    fc.assert(
      fc.property(answers, (der) => {
        try {
          expect(ecdsaFromDer(der, 64)).toHaveLength(64);
        } catch (error) {
          if (!isMiddlewareError(error, 'ERR_CARD_RESPONSE')) throw error;
        }
      }),
    );
  });
});
