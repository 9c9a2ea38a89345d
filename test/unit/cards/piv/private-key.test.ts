import {
  constants,
  createHash,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  sign as opensslSign,
  verify,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createApduExchange } from '../../../../src/cards/apdu-exchange.js';
import { traceAsLines } from '../../../../src/cards/apdu-trace.js';
import { decipher, sign } from '../../../../src/cards/piv/private-key.js';
import { encodeTlv, findTlv } from '../../../../src/core/ber-tlv.js';
import { concatBytes, fromHex, toHex } from '../../../../src/core/bytes.js';
import { type MiddlewareError, PinVerificationError } from '../../../../src/core/errors.js';
import { systemClock } from '../../../../src/core/ports.js';
import { scripted, type Pair } from './scripted-exchange.js';

const message = new TextEncoder().encode('message');
const digest = createHash('sha256').update(message).digest();

/** A card with one key that computes what GENERAL AUTHENTICATE asks for, and takes down what it got. */
function computingCard(answer: (input: Uint8Array) => Uint8Array, extended = false) {
  const seen: string[] = [];
  const lines: string[] = [];
  let data = new Uint8Array();
  let rest = new Uint8Array();
  const exchange = createApduExchange(
    {
      protocol: 'T=1',
      control: () => Promise.reject(new Error('unexpected')),
      transmit(command) {
        const [cla, ins, p1, p2, lc = 0] = command;
        seen.push(toHex(command.subarray(0, 4)));
        if (ins !== 0xc0) {
          const isExtended = lc === 0;
          const length = isExtended ? (command[5]! << 8) | command[6]! : lc;
          const start = isExtended ? 7 : 5;
          data = new Uint8Array(concatBytes(data, command.subarray(start, start + length)));
          if (cla === 0x10) return Promise.resolve(fromHex('9000'));
          const template = findTlv(data, 0x7c)!;
          expect([p1 !== 0, p2 !== 0, findTlv(template, 0x82)?.length]).toEqual([true, true, 0]);
          rest = new Uint8Array(encodeTlv(0x7c, encodeTlv(0x82, answer(findTlv(template, 0x81)!))));
          if (isExtended) return Promise.resolve(concatBytes(rest, fromHex('9000')));
        }
        const part = rest.subarray(0, 256);
        rest = rest.subarray(256);
        const sw =
          rest.length === 0 ? '9000' : `61${Math.min(rest.length, 256).toString(16).padStart(2, '0').slice(-2)}`;
        return Promise.resolve(concatBytes(part, fromHex(sw)));
      },
    },
    { clock: systemClock, readerTakesExtended: extended, trace: traceAsLines((line) => lines.push(line)) },
  );
  if (extended) exchange.useExtendedLength();
  return { exchange, seen, lines };
}

describe('sign() with RSA', () => {
  it.each([
    [1024, '06', 1],
    [2048, '07', 3],
  ])('of %i bits is accepted by openssl, both paddings', async (modulusLength, identifier, count) => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
    const raw = (block: Uint8Array) => privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block);
    for (const [algorithm, padding] of [
      ['RS256', constants.RSA_PKCS1_PADDING],
      ['PS256', constants.RSA_PKCS1_PSS_PADDING],
    ] as const) {
      const { exchange, seen } = computingCard(raw);
      const request = { keyReference: 0x9a, algorithm, digest, length: modulusLength / 8 };
      const signature = await sign(exchange, request);
      const key = { key: publicKey, padding, ...(algorithm === 'PS256' && { saltLength: 32 }) };
      expect(verify('sha256', message, key, signature)).toBe(true);
      expect(seen[0]?.slice(2)).toBe(`87${identifier}9a`);
      expect(exchange.count).toBe(count);
    }
  });

  it.each([
    [3072, '05', 3],
    [4096, '16', 5],
  ])('of %i bits is asked for by its own identifier', async (modulusLength, identifier, count) => {
    const { exchange, seen } = computingCard((block) => block);
    const length = modulusLength / 8;
    const signature = await sign(exchange, { keyReference: 0x9a, algorithm: 'RS256', digest, length });
    expect(toHex(signature)).toMatch(new RegExp(`^0001(ff)+00.*${toHex(digest)}$`));
    expect([seen[0], exchange.count]).toEqual([`1087${identifier}9a`, count]);
  });

  it('is one command where card and reader take extended length', async () => {
    const { exchange, seen } = computingCard((block) => block, true);
    await sign(exchange, { keyReference: 0x9c, algorithm: 'RS256', digest, length: 256 });
    expect(seen).toEqual(['0087079c']);
  });

  it('refuses a key of a length that PIV does not know, before the card is asked', async () => {
    const { exchange } = scripted([]);
    const request = { keyReference: 0x9a, algorithm: 'RS256', digest, length: 192 } as const;
    await expect(sign(exchange, request)).rejects.toMatchObject({ code: 'ERR_TOKEN_ALGORITHM_UNSUPPORTED' });
  });

  it('refuses a signature of another length', async () => {
    const { exchange } = computingCard((block) => block.subarray(1));
    const request = { keyReference: 0x9a, algorithm: 'PS256', digest, length: 256 } as const;
    await expect(sign(exchange, request)).rejects.toMatchObject({
      code: 'ERR_CARD_RESPONSE',
      fields: { length: 255, expected: 256 },
    });
  });
});

describe('sign() with ECDSA', () => {
  it.each([
    ['ES256', 'prime256v1', 'sha256', '11', 64],
    ['ES384', 'secp384r1', 'sha384', '14', 96],
  ] as const)('%s is one command, accepted by openssl', async (algorithm, namedCurve, hash, identifier, length) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    const value = createHash(hash).update(message).digest();
    const { exchange, seen } = computingCard((input) => {
      expect(toHex(input)).toBe(toHex(value));
      return opensslSign(hash, message, privateKey);
    });
    const signature = await sign(exchange, { keyReference: 0x9c, algorithm, digest: value, length });
    expect(verify(hash, message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    expect(seen).toEqual([`0087${identifier}9c`]);
  });
});

describe('decipher()', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const raw = (block: Uint8Array) => privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block);
  const text = 'for one pair of eyes';

  it.each([
    ['RSA1_5', { padding: constants.RSA_PKCS1_PADDING }],
    ['RSA-OAEP', { oaepHash: 'sha1' }],
    ['RSA-OAEP-256', { oaepHash: 'sha256' }],
  ] as const)('%s gives back what openssl enciphered; no trace shows it', async (algorithm, options) => {
    const { exchange, seen, lines } = computingCard(raw);
    const cryptogram = publicEncrypt({ key: publicKey, ...options }, Buffer.from(text));
    const plain = await decipher(exchange, { keyReference: 0x9d, algorithm, cryptogram });
    expect(Buffer.from(plain).toString()).toBe(text);
    expect(seen).toEqual(['1087079d', '0087079d', '00c00000']);
    const answers = lines.filter((line) => line.startsWith('<'));
    expect(answers).toHaveLength(3);
    for (const line of answers) expect(line).toMatch(/^< (\.\.)*(9000|6108)$/);
  });

  it('fails alike on wrong padding, another padding and a number beyond the modulus', async () => {
    const forOaep = publicEncrypt({ key: publicKey, oaepHash: 'sha1' }, Buffer.from(text));
    const refusals: unknown[] = [];
    for (const algorithm of ['RSA1_5', 'RSA-OAEP-256'] as const) {
      const { exchange } = computingCard(raw);
      const request = { keyReference: 0x9d, algorithm, cryptogram: forOaep };
      refusals.push(await decipher(exchange, request).catch((error: unknown) => error));
    }
    const cryptogram = new Uint8Array(256).fill(0xff);
    const block = `7c8201068200818201 00${'ff'.repeat(256)}`.replaceAll(' ', '');
    const beyond: Pair[] = [
      [`1087079dff${block.slice(0, 510)}`, '9000'],
      [`0087079d${((block.length - 510) / 2).toString(16).padStart(2, '0')}${block.slice(510)}00`, '6a80'],
    ];
    const { card, exchange } = scripted(beyond);
    const request = { keyReference: 0x9d, algorithm: 'RSA1_5', cryptogram } as const;
    refusals.push(await decipher(exchange, request).catch((error: unknown) => error));
    card.assertUsedUp();
    const shapes = refusals.map((error) => {
      const { code, message, fields } = error as MiddlewareError;
      return JSON.stringify([code, message, fields]);
    });
    expect(new Set(shapes)).toEqual(new Set(['["ERR_TOKEN_CRYPTOGRAM","Cryptogram is not for this key",{}]']));
  });
});

describe('a refusal', () => {
  const request = { keyReference: 0x9c, algorithm: 'ES256', digest, length: 64 } as const;
  const command = `0087119c267c2482008120${toHex(digest)}00`;

  it.each([
    ['6982', 'ERR_CARD_SECURITY_STATUS'],
    ['6983', 'ERR_CARD_STATUS'],
    ['63c2', 'ERR_CARD_STATUS'],
    ['6a80', 'ERR_CARD_STATUS'],
    ['6f00', 'ERR_CARD_STATUS'],
    ['9000', 'ERR_CARD_RESPONSE'],
    ['7c009000', 'ERR_CARD_RESPONSE'],
    ['7c0281009000', 'ERR_CARD_RESPONSE'],
    ['7c0482020101 9000', 'ERR_CARD_RESPONSE'],
    ['7c10 9000', 'ERR_CARD_RESPONSE'],
    ['90', 'ERR_CARD_RESPONSE'],
  ])('%s is %s and never a wrong PIN', async (answer, code) => {
    const { card, exchange } = scripted([[command, answer]]);
    const failure = await sign(exchange, request).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    expect(failure).not.toBeInstanceOf(PinVerificationError);
    card.assertUsedUp();
  });

  it('of a block in the middle ends the chain', async () => {
    const digestInfo = `3031300d060960864801650304020105000420${toHex(digest)}`;
    const block = `7c8201068200818201000001${'ff'.repeat(202)}00${digestInfo}`;
    const { exchange } = scripted([[`1087079aff${block.slice(0, 510)}`, '6700']]);
    await expect(
      sign(exchange, { ...request, keyReference: 0x9a, algorithm: 'RS256', length: 256 }),
    ).rejects.toMatchObject({ code: 'ERR_CARD_STATUS', fields: { statusWord: '6700' } });
    expect(exchange.count).toBe(1);
  });
});
