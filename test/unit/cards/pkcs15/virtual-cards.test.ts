import { constants, createHash, createPublicKey, publicEncrypt, verify, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CardApplication, CardContents, CardPin } from '../../../../src/cards/card-application.js';
import { readRetryCounter } from '../../../../src/cards/pin-commands.js';
import { createPkcs15Family } from '../../../../src/cards/pkcs15/pkcs15-family.js';
import type { SignatureAlgorithm } from '../../../../src/model/signature.js';
import type { VirtualPkcs15Card } from '../../../../src/sandbox/virtual-pkcs15/virtual-pkcs15-card.js';
import {
  pkcs15FixtureCard,
  pkcs15Label,
  pkcs15Pin,
  pkcs15SignaturePin,
} from '../../../support/virtual-pkcs15-fixture.js';
import { exchangeWith, recognized, verified } from './virtual-card-exchange.js';

const text = Buffer.from('TEST text');

async function contentsOf(card: VirtualPkcs15Card): Promise<[CardApplication, CardContents]> {
  const exchange = exchangeWith(card);
  const application = await recognized(card, exchange);
  return [application, await application.readContents(exchange)];
}

const pinOf = ({ pins }: CardContents, reference: number): CardPin => {
  const pin = pins.find((candidate) => candidate.reference === reference);
  if (pin === undefined) throw new Error(`no PIN ${reference}`);
  return pin;
};

/** Whether a signature over the text verifies. */
function isSignature(algorithm: SignatureAlgorithm, key: KeyObject, signature: Uint8Array): boolean {
  const hash = algorithm === 'ES384' ? 'sha384' : 'sha256';
  if (algorithm.startsWith('ES')) return verify(hash, text, { key, dsaEncoding: 'ieee-p1363' }, signature);
  const padding = algorithm === 'PS256' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  return verify(hash, text, { key, padding, ...(algorithm === 'PS256' ? { saltLength: 32 } : {}) }, signature);
}

describe.each(['isoapplet', 'myeid'] as const)('createPkcs15Family() at a virtual %s card', (commandSet) => {
  it('recognizes it, ready with one counter in at most five commands', async () => {
    const { card } = pkcs15FixtureCard(commandSet);
    const exchange = exchangeWith(card);
    const application = await recognized(card, exchange);
    const freshness = await application.readFreshness(exchange);
    await readRetryCounter(exchange, { reference: 1 });
    expect(exchange.count).toBeLessThanOrEqual(5);
    expect(freshness).toMatch(/./);
    expect(application.serial).toMatch(/^[0-9a-f]{8,}$/);
  });

  it('reads certificates, keys, PINs and label', async () => {
    const { card, rsa, p256, p384 } = pkcs15FixtureCard(commandSet);
    const [, contents] = await contentsOf(card);
    expect(contents.unreadable).toEqual([]);
    expect(contents.label).toBe(pkcs15Label);
    expect(contents.certificates.map(({ der }) => Buffer.from(der))).toEqual(
      [rsa, p256, p384].map(({ der }) => Buffer.from(der)),
    );
    const base = commandSet === 'isoapplet' ? 0 : 0x4b01;
    const keys = contents.certificates.map(({ key }) => key);
    expect(keys.map((key) => key?.reference)).toEqual([base, base + 1, base + 2]);
    expect(keys.map((key) => key?.pin)).toEqual(commandSet === 'isoapplet' ? [1, 1, 1] : [1, 1, 2]);
    expect(keys.every((key) => key?.canSign)).toBe(true);
    expect(keys.map((key) => key?.canDecipher)).toEqual([true, false, false]);
    expect(contents.pins.map(({ reference, role }) => [reference, role])).toEqual(
      commandSet === 'isoapplet'
        ? [[1, 'authentication']]
        : [
            [1, 'authentication'],
            [2, 'signature'],
          ],
    );
  });

  it('signs with every algorithm that it says its keys know, after select in a transaction of its own', async () => {
    const { card, rsa, p256, p384 } = pkcs15FixtureCard(commandSet);
    const [application, contents] = await contentsOf(card);
    const owners = [
      { algorithms: application.algorithms.rsa, key: rsa, length: 256 },
      { algorithms: application.algorithms['ec-p256'], key: p256, length: 64 },
      { algorithms: application.algorithms['ec-p384'], key: p384, length: 96 },
    ];
    const tried: string[] = [];
    for (const [index, { algorithms, key, length }] of owners.entries()) {
      const cardKey = contents.certificates[index]!.key!;
      const value = cardKey.pin === 2 ? pkcs15SignaturePin : pkcs15Pin;
      for (const algorithm of algorithms) {
        const exchange = await verified(card, application, pinOf(contents, cardKey.pin), value);
        const digest = createHash(algorithm === 'ES384' ? 'sha384' : 'sha256')
          .update(text)
          .digest();
        const request = { keyReference: cardKey.reference, algorithm, digest, length };
        const signature = await application.sign(exchange, request);
        expect(signature).toHaveLength(length);
        expect(isSignature(algorithm, createPublicKey(key.privateKey), signature), algorithm).toBe(true);
        expect(exchange.count).toBeLessThanOrEqual(6);
        tried.push(algorithm);
      }
    }
    expect(tried).toEqual(['RS256', 'PS256', 'ES256', 'ES384']);
  });

  it('deciphers, and calls every wrong padding the same', async () => {
    const { card, rsa } = pkcs15FixtureCard(commandSet);
    const [application, contents] = await contentsOf(card);
    const key = createPublicKey(rsa.privateKey);
    const { reference } = contents.certificates[0]!.key!;
    const paddings = {
      RSA1_5: { padding: constants.RSA_PKCS1_PADDING },
      'RSA-OAEP': { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
      'RSA-OAEP-256': { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    };
    for (const extended of [false, true]) {
      for (const algorithm of application.decipherAlgorithms) {
        const exchange = await verified(card, application, pinOf(contents, 1), pkcs15Pin, { extended });
        const cryptogram = publicEncrypt({ key, ...paddings[algorithm] }, text);
        const request = { keyReference: reference, algorithm, cryptogram };
        expect(Buffer.from(await application.decipher(exchange, request))).toEqual(text);
        const wrong = publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, Buffer.alloc(256, 1));
        await expect(application.decipher(exchange, { ...request, cryptogram: wrong })).rejects.toMatchObject({
          code: 'ERR_TOKEN_CRYPTOGRAM',
        });
      }
    }
  });

  it('refuses to sign once dropPin() has said that the PIN is forgotten', async () => {
    const { card } = pkcs15FixtureCard(commandSet);
    const [application, contents] = await contentsOf(card);
    const exchange = await verified(card, application, pinOf(contents, 1), pkcs15Pin);
    expect(await application.dropPin(exchange, pinOf(contents, 1))).toBe(true);
    const request = {
      keyReference: contents.certificates[0]!.key!.reference,
      algorithm: 'RS256' as const,
      digest: new Uint8Array(32),
      length: 256,
    };
    await expect(application.sign(exchange, request)).rejects.toMatchObject({ code: 'ERR_CARD_SECURITY_STATUS' });
  });

  it('hints at it when its answer to reset says so, or belonged to such a card before', async () => {
    const { card } = pkcs15FixtureCard(commandSet);
    const family = createPkcs15Family();
    expect(family.hints(card.atr)).toBe(commandSet === 'myeid');
    await family.recognize(exchangeWith(card), card.atr);
    expect(family.hints(card.atr)).toBe(true);
    expect(family.hints(Uint8Array.of(0x3b, 0x00))).toBe(false);
    const again = exchangeWith(card);
    await family.recognize(again, card.atr);
    expect(again.count).toBe(commandSet === 'isoapplet' ? 4 : 3);
  });

  it('costs a card of another family two commands', async () => {
    const { card } = pkcs15FixtureCard(commandSet);
    const exchange = exchangeWith(card, { before: () => Uint8Array.of(0x6a, 0x82) });
    expect(await createPkcs15Family().recognize(exchange, card.atr)).toBeUndefined();
    expect(exchange.count).toBe(2);
  });
});
