import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generateInSlot } from '../../../../src/cards/piv/generate-key.js';
import { createPivWriter } from '../../../../src/cards/piv/piv-writer.js';
import { encodeCertificateObject, encodeKeptSlot } from '../../../../src/cards/piv/certificate-object.js';
import { encodeTlv } from '../../../../src/core/ber-tlv.js';
import { concatBytes, fromHex, toHex } from '../../../../src/core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../../../../src/core/errors.js';
import type { KeySpec } from '../../../../src/model/key.js';
import { getData, reading, scripted, type Pair } from './scripted-exchange.js';

const writer = createPivWriter({ isYubiKey: false });
const yubiKey = createPivWriter({ isYubiKey: true });
const der = encodeTlv(0x30, fromHex('0201 01'));
const object = encodeTlv(0x53, encodeCertificateObject(der));
const put = (tag: string, value: Uint8Array | string): string => {
  const data = `5c03${tag}${typeof value === 'string' ? value : toHex(value)}`;
  return `00db3fff${(data.length / 2).toString(16).padStart(2, '0')}${data}`;
};
const keptEmpty = '5319' + '7000710100' + '7210' + '00'.repeat(16) + 'fe00';
const number = (base64url = ''): Uint8Array => new Uint8Array(Buffer.from(base64url, 'base64url'));

describe('generateInSlot()', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).publicKey;
  const { x, y } = ec.export({ format: 'jwk' });
  const point = concatBytes(Uint8Array.of(4), number(x), number(y));
  const answer = (template: Uint8Array): string => `${toHex(encodeTlv(0x7f49, template))}9000`;

  it('makes an EC key in the slot that is asked for', async () => {
    const { card, exchange } = scripted([['0047008205ac0380011400', answer(encodeTlv(0x86, point))]]);
    const publicKey = await generateInSlot(exchange, 0x82, 'ec-p384');
    expect(toHex(publicKey)).toBe(toHex(ec.export({ format: 'der', type: 'spki' })));
    card.assertUsedUp();
  });

  it('makes an RSA key, its answer in parts', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
    const { n, e } = rsa.export({ format: 'jwk' });
    const whole = encodeTlv(0x7f49, concatBytes(encodeTlv(0x81, number(n)), encodeTlv(0x82, number(e))));
    const { card, exchange } = scripted([
      ['0047009a05ac0380010700', `${toHex(whole.subarray(0, 256))}610e`],
      ['00c000000e', `${toHex(whole.subarray(256))}9000`],
    ]);
    const publicKey = await generateInSlot(exchange, 0x9a, 'rsa-2048');
    expect(toHex(publicKey)).toBe(toHex(rsa.export({ format: 'der', type: 'spki' })));
    card.assertUsedUp();
  });

  it.each([
    ['6982', 'ERR_CARD_READ_ONLY'],
    ['6985', 'ERR_CARD_READ_ONLY'],
    ['6a84', 'ERR_CARD_FULL'],
    ['6a80', 'ERR_TOKEN_ALGORITHM_UNSUPPORTED'],
    ['6a86', 'ERR_CARD_STATUS'],
    ['6f00', 'ERR_CARD_STATUS'],
    ['9000', 'ERR_CARD_RESPONSE'],
    ['7f49 00 9000', 'ERR_CARD_RESPONSE'],
    ['7f49 03 860104 9000', 'ERR_CARD_RESPONSE'],
    [`7f49 43 8641 04${'00'.repeat(64)} 9000`, 'ERR_CARD_RESPONSE'],
    ['7f49 20 8604 9000', 'ERR_CARD_RESPONSE'],
  ])('answered %s is %s', async (reply, code) => {
    const { exchange } = scripted([['0047009c05ac0380011100', reply]]);
    await expect(generateInSlot(exchange, 0x9c, 'ec-p256')).rejects.toMatchObject({ code });
  });

  it('refuses an RSA key that is shorter than asked for', async () => {
    const { n, e } = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
    const short = concatBytes(encodeTlv(0x81, number(n)), encodeTlv(0x82, number(e)));
    const { exchange } = scripted([['0047009a05ac0380010700', answer(short)]]);
    await expect(generateInSlot(exchange, 0x9a, 'rsa-2048')).rejects.toMatchObject({ code: 'ERR_CARD_RESPONSE' });
  });

  it('on any answer gives a key that loads or fails typed', async () => {
    const bytes = fc.uint8Array({ maxLength: 270 });
    const part = fc.tuple(fc.constantFrom(0x81, 0x82, 0x86), bytes).map(([tag, value]) => encodeTlv(tag, value));
    const template = fc.array(part, { maxLength: 3 }).map((parts) => encodeTlv(0x7f49, concatBytes(...parts)));
    const specs = fc.constantFrom<KeySpec>('rsa-2048', 'ec-p256', 'ec-p384');
    await fc.assert(
      fc.asyncProperty(specs, fc.oneof(template, bytes), async (spec, reply) => {
        const exchange = {
          ...scripted([]).exchange,
          send: () => Promise.resolve({ data: reply, statusWord: 0x9000 }),
        };
        try {
          const publicKey = await generateInSlot(exchange, 0x9a, spec);
          createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
        } catch (error) {
          if (!isMiddlewareError(error, 'ERR_CARD_RESPONSE')) throw error;
        }
      }),
    );
  });
});

/** The reading of what tells whether a slot is kept. */
const look = (tag: string, value: Uint8Array | undefined): Pair =>
  value === undefined
    ? [getData(tag, '1b'), '6a82']
    : [getData(tag, '1b'), `${toHex(value.subarray(0, 27))}${value.length > 27 ? '6100' : '9000'}`];

describe('storeCertificate()', () => {
  it.each([0x9b, 0x80, 0x96, 0x00])('refuses slot %i before the card is asked', async (keyReference) => {
    const { exchange } = scripted([]);
    await expect(writer.storeCertificate(exchange, { keyReference, der, label: '' })).rejects.toMatchObject({
      code: 'ERR_TOKEN_KEY_NOT_FOUND',
    });
  });

  it('keeps the id of the key that the slot was kept for', async () => {
    const keyId = fromHex('000102030405060708090a0b0c0d0e0f');
    const kept = encodeTlv(0x53, encodeKeptSlot(keyId, 900));
    const { card, exchange } = scripted([
      look('5fc105', kept),
      [put('5fc105', encodeTlv(0x53, encodeCertificateObject(der, keyId))), '9000'],
    ]);
    await writer.storeCertificate(exchange, { keyReference: 0x9a, der, label: '' });
    card.assertUsedUp();
  });

  it('writes the object, in blocks where it is long', async () => {
    const long = encodeTlv(0x30, new Uint8Array(300));
    const data = `5c035fc10a${toHex(encodeTlv(0x53, encodeCertificateObject(long)))}`;
    const { card, exchange } = scripted([
      look('5fc10a', undefined),
      [`10db3fffff${data.slice(0, 510)}`, '9000'],
      [`00db3fff${(data.length / 2 - 255).toString(16).padStart(2, '0')}${data.slice(510)}`, '9000'],
    ]);
    await writer.storeCertificate(exchange, { keyReference: 0x9c, der: long, label: '' });
    card.assertUsedUp();
  });

  const newHistory = put('5fc10c', '530ac10102c20100f300fe00');
  it.each([
    ['missing', [getData('5fc10c'), '6a82'], newHistory],
    ['empty', [getData('5fc10c'), '53009000'], newHistory],
    ['announcing less', [getData('5fc10c'), '530ac10101c20100f300fe009000'], newHistory],
    ['announcing enough', [getData('5fc10c'), '530ac10102c20100f300fe009000'], undefined],
    ['announcing more', [getData('5fc10c'), '530ac10103c20100f300fe009000'], undefined],
  ] as const)('of a retired key keeps a key history that is %s true', async (_, history, written) => {
    const pairs: Pair[] = [look('5fc10e', undefined), [put('5fc10e', object), '9000'], history];
    if (written !== undefined) pairs.push([written, '9000']);
    const { card, exchange } = scripted(pairs);
    await writer.storeCertificate(exchange, { keyReference: 0x83, der, label: '' });
    card.assertUsedUp();
  });

  it.each([
    ['6982', 'ERR_CARD_READ_ONLY'],
    ['6985', 'ERR_CARD_READ_ONLY'],
    ['6a84', 'ERR_CARD_FULL'],
    ['6700', 'ERR_CARD_STATUS'],
    ['6f00', 'ERR_CARD_STATUS'],
  ])('answered %s is %s', async (reply, code) => {
    const { exchange } = scripted([look('5fc105', undefined), [put('5fc105', object), reply]]);
    await expect(writer.storeCertificate(exchange, { keyReference: 0x9a, der, label: '' })).rejects.toMatchObject({
      code,
    });
    expect(exchange.count).toBe(2);
  });

  it('passes on that the card was pulled', async () => {
    const removed = new MiddlewareError('ERR_CARD_REMOVED', 'gone');
    const { exchange } = scripted([look('5fc105', undefined), [put('5fc105', object), removed]]);
    await expect(writer.storeCertificate(exchange, { keyReference: 0x9a, der, label: '' })).rejects.toBe(removed);
  });
});

describe('removeCertificate()', () => {
  const gone = { der, keepKey: false };

  it('empties the object', async () => {
    const { card, exchange } = scripted([...reading('5fc10b', object), [put('5fc10b', '5300'), '9000']]);
    await writer.removeCertificate(exchange, { ...gone, keyReference: 0x9d });
    card.assertUsedUp();
  });

  it.each([
    // Firmware 5.7 deletes keys; one before it tells that the key is still there, one before 5.3 tells nothing.
    ['9000', '6a88', '5300'],
    ['6d00', '0101119000', keptEmpty],
    ['6d00', '6d00', '5300'],
  ])('deletes the key of a YubiKey (%s, then %s), or marks the slot as one to be used again', async (f6, f7, left) => {
    const { card, exchange } = scripted([
      ...reading('5fc105', object),
      ['00f6ff9a', f6],
      ['00f7009a00', f7],
      [put('5fc105', left), '9000'],
    ]);
    await yubiKey.removeCertificate(exchange, { ...gone, keyReference: 0x9a });
    card.assertUsedUp();
  });

  it('finds the one certificate that is listed without a key', async () => {
    const mains = ['5fc105', '5fc10a', '5fc10b'].flatMap((tag) => reading(tag, undefined));
    const { card, exchange } = scripted([...mains, ...reading('5fc101', object), [put('5fc101', '5300'), '9000']]);
    await writer.removeCertificate(exchange, { ...gone, keyReference: undefined });
    card.assertUsedUp();
  });

  it('keeps the slot of a key that stays, so that no other key takes its place', async () => {
    const id = createHash('sha256').update(der).digest().subarray(0, 16);
    const { card, exchange } = scripted([
      ...reading('5fc105', object),
      [put('5fc105', encodeTlv(0x53, encodeKeptSlot(id, 0))), '9000'],
    ]);
    await writer.removeCertificate(exchange, { der, keepKey: true, keyReference: 0x9a });
    card.assertUsedUp();
  });

  it.each([
    ['another certificate', reading('5fc105', encodeTlv(0x53, encodeCertificateObject(fromHex('3000'))))],
    ['none', reading('5fc105', undefined)],
    ['what is none', reading('5fc105', fromHex('53020001'))],
  ])('removes nothing where the slot holds %s', async (_, pairs) => {
    const { card, exchange } = scripted(pairs);
    await expect(writer.removeCertificate(exchange, { ...gone, keyReference: 0x9a })).rejects.toMatchObject({
      code: 'ERR_TOKEN_KEY_NOT_FOUND',
    });
    card.assertUsedUp();
  });

  it('tells that the certificate cannot be removed', async () => {
    const { card, exchange } = scripted([...reading('5fc105', object), [put('5fc105', '5300'), '6982']]);
    await expect(writer.removeCertificate(exchange, { ...gone, keyReference: 0x9a })).rejects.toMatchObject({
      code: 'ERR_CARD_READ_ONLY',
    });
    card.assertUsedUp();
  });
});
