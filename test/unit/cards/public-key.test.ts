import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ecPublicKey, rsaPublicKey } from '../../../src/cards/public-key.js';
import { concatBytes, fromHex, toHex } from '../../../src/core/bytes.js';

const malformed = expect.objectContaining({ code: 'ERR_CARD_RESPONSE' }) as Error;
const number = (base64url = ''): Uint8Array => new Uint8Array(Buffer.from(base64url, 'base64url'));

describe('rsaPublicKey()', () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const { n, e } = publicKey.export({ format: 'jwk' });
  const der = toHex(publicKey.export({ format: 'der', type: 'spki' }));

  it('writes what openssl writes', () => {
    expect(toHex(rsaPublicKey(number(n), number(e)))).toBe(der);
  });

  it('does not care for leading zeros', () => {
    const zeros = Uint8Array.of(0, 0);
    expect(toHex(rsaPublicKey(concatBytes(zeros, number(n)), concatBytes(zeros, number(e))))).toBe(der);
  });

  it.each([
    ['no modulus', '', '010001'],
    ['a modulus of zeros', '0000', '010001'],
    ['no exponent', 'ff'.repeat(128), ''],
  ])('refuses %s', (_, modulus, exponent) => {
    expect(() => rsaPublicKey(fromHex(modulus), fromHex(exponent))).toThrow(malformed);
  });
});

describe('ecPublicKey()', () => {
  const pointOf = (jwk: { x?: string; y?: string }): Uint8Array =>
    concatBytes(Uint8Array.of(4), number(jwk.x), number(jwk.y));

  it.each([
    ['ec-p256', 'prime256v1'],
    ['ec-p384', 'secp384r1'],
  ] as const)('writes a key on %s as openssl does', (curve, namedCurve) => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve });
    const der = ecPublicKey(curve, pointOf(publicKey.export({ format: 'jwk' })));
    expect(toHex(der)).toBe(toHex(publicKey.export({ format: 'der', type: 'spki' })));
    const loaded = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
    expect(loaded.asymmetricKeyDetails).toMatchObject({ namedCurve });
  });

  it('refuses a point of another curve, a compressed one and one that is not on the curve', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const point = pointOf(publicKey.export({ format: 'jwk' }));
    expect(() => ecPublicKey('ec-p384', point)).toThrow(malformed);
    expect(() => ecPublicKey('ec-p256', point.subarray(0, 33).fill(2, 0, 1))).toThrow(malformed);
    expect(() => ecPublicKey('ec-p256', new Uint8Array(65).fill(4))).toThrow(malformed);
  });
});
