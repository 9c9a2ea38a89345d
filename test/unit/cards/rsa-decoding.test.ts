import { constants, createHash, generateKeyPairSync, privateDecrypt, publicEncrypt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { removePadding } from '../../../src/cards/rsa-decoding.js';
import { mgf1, xor } from '../../../src/cards/rsa-encoding.js';
import { concatBytes, toHex } from '../../../src/core/bytes.js';
import { isMiddlewareError } from '../../../src/core/errors.js';
import type { DecipherAlgorithm } from '../../../src/model/key.js';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const encipher: Readonly<Record<DecipherAlgorithm, (text: Uint8Array) => Buffer>> = {
  RSA1_5: (text) => publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, text),
  'RSA-OAEP': (text) => publicEncrypt({ key: publicKey, oaepHash: 'sha1' }, text),
  'RSA-OAEP-256': (text) => publicEncrypt({ key: publicKey, oaepHash: 'sha256' }, text),
};
/** What a card answers: the bare result of its private key. */
const raw = (cryptogram: Buffer): Uint8Array =>
  new Uint8Array(privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, cryptogram));
const wrong = expect.objectContaining({
  code: 'ERR_TOKEN_CRYPTOGRAM',
  message: 'Cryptogram is not for this key',
  fields: {},
}) as Error;

describe.each([
  ['RSA1_5', 117],
  ['RSA-OAEP', 86],
  ['RSA-OAEP-256', 62],
] as const)('removePadding() of %s', (algorithm, longest) => {
  it.each([0, 1, 32, longest])('gives %i bytes back as openssl enciphered them', (length) => {
    const text = new Uint8Array(length).map((_, index) => index % 3);
    for (let round = 0; round < 5; round += 1) {
      expect(toHex(removePadding(algorithm, raw(encipher[algorithm](text))))).toBe(toHex(text));
    }
  });

  it('wipes the block, whatever it holds', () => {
    const block = raw(encipher[algorithm](Uint8Array.of(1, 2, 3)));
    const damaged = block.slice().fill(1, 0, 1);
    removePadding(algorithm, block);
    expect(() => removePadding(algorithm, damaged)).toThrow(wrong);
    for (const bytes of [block, damaged]) expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  it('refuses a change of any byte of the padding with one and the same error', () => {
    const block = raw(encipher[algorithm](Uint8Array.of(7)));
    const padding = algorithm === 'RSA1_5' ? [0, 1] : block.keys();
    for (const index of padding) {
      const damaged = block.slice();
      damaged[index]! ^= 0x80;
      expect(() => removePadding(algorithm, damaged)).toThrow(wrong);
    }
  });

  it('on any block answers or fails with that error', () => {
    const headed = fc
      .tuple(fc.constantFrom([], [0], [0, 2]), fc.uint8Array({ maxLength: 140 }))
      .map(([head, rest]) => Uint8Array.from([...head, ...rest]));
    fc.assert(
      fc.property(headed, (block) => {
        try {
          removePadding(algorithm, block);
        } catch (error) {
          if (!isMiddlewareError(error, 'ERR_TOKEN_CRYPTOGRAM')) throw error;
        }
      }),
    );
  });
});

describe('removePadding() of RSA-OAEP', () => {
  /** EME-OAEP, RFC 8017 §7.1.1 step 2, around any data block. */
  const block = (rest: readonly number[]): Uint8Array => {
    const data = concatBytes(createHash('sha1').digest(), Uint8Array.from(rest));
    const seed = new Uint8Array(20).fill(0x5a);
    const masked = xor(data, mgf1('sha1', seed, data.length));
    return concatBytes(Uint8Array.of(0), xor(seed, mgf1('sha1', masked, 20)), masked);
  };

  it('wants nothing but zeros before the 01, and the 01', () => {
    expect(toHex(removePadding('RSA-OAEP', block([0, 0, 0, 1, 7, 8])))).toBe('0708');
    for (const rest of [
      [0, 2, 0, 1, 7, 8],
      [9, 1, 7, 8],
      [0, 0, 0x81, 1, 7],
      [0, 0, 0, 0],
      [0, 0, 2, 7],
    ]) {
      expect(() => removePadding('RSA-OAEP', block(rest))).toThrow(wrong);
    }
  });
});

describe('removePadding() of RSA1_5', () => {
  const block = (paddingLength: number): Uint8Array =>
    Uint8Array.from([0, 2, ...new Array<number>(paddingLength).fill(0xaa), 0, 1, 2, 3]);

  it('wants eight bytes of padding at least', () => {
    expect(toHex(removePadding('RSA1_5', block(8)))).toBe('010203');
    expect(() => removePadding('RSA1_5', block(7))).toThrow(wrong);
    expect(() => removePadding('RSA1_5', block(0))).toThrow(wrong);
  });

  it('wants an end of the padding', () => {
    expect(() => removePadding('RSA1_5', Uint8Array.from([0, 2, ...new Array<number>(100).fill(9)]))).toThrow(wrong);
  });
});
