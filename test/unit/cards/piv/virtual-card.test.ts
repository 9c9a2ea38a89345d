import { constants, createHash, publicEncrypt, verify, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ApduExchange } from '../../../../src/cards/apdu-exchange.js';
import { changePin, readRetryCounter, unblockPin, verifyPin } from '../../../../src/cards/pin-commands.js';
import { fromHex, toHex } from '../../../../src/core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../../../../src/core/errors.js';
import { Secret } from '../../../../src/core/secret.js';
import { certificateOver } from '../../../support/self-signed-certificate.js';
import { secretOf } from '../../../support/token-bench.js';
import {
  pivPin,
  pivPuk,
  SELECT_PIV,
  testPivPeople,
  testPivPersonalization,
} from '../../../support/virtual-piv-fixture.js';
import { certificateFor, newKey } from '../../../support/writing.js';
import { pivBench, type PivBench } from './virtual-piv-bench.js';

const people = testPivPeople();
const message = new TextEncoder().encode('message');
const digest = createHash('sha256').update(message).digest();
const keyOf = (der: Uint8Array) => new X509Certificate(der).publicKey;

const kinds = [
  ['a YubiKey', { atrKind: 'yubikey' }, {}],
  ['a PIV card', { atrKind: 'hist' }, {}],
  ['a card with an ATR of its own', { atrKind: 'generic' }, {}],
  ['a card with T=0', { atrKind: 'generic' }, { protocol: 'T=0' }],
] as const;

describe.each(kinds)('%s', (name, overrides, options) => {
  it('is read: five certificates, keys by slot, one PIN', async () => {
    const { connect, recognize } = pivBench(overrides, options);
    const exchange = connect();
    const application = await recognize(exchange);
    expect([application.product, application.serial]).toEqual([
      name === 'a YubiKey' ? 'YubiKey' : 'PIV card',
      '00112233445566778899aabbccddeeff',
    ]);
    await application.readFreshness(exchange);
    const contents = await application.readContents(exchange);
    expect(contents.unreadable).toEqual([]);
    expect(contents.pins.map(({ reference }) => reference)).toEqual([0x80]);
    expect(contents.certificates.map(({ name: slot, der, key }) => [slot, toHex(der), key?.reference])).toEqual([
      ['9a', toHex(people.rsa.der), 0x9a],
      ['9c', toHex(people.p256.der), 0x9c],
      ['9d', toHex(people.deciphering.der), 0x9d],
      ['9e', toHex(people.p384.der), undefined],
      ['82', toHex(people.retired.der), 0x82],
    ]);
  });

  it('signs and deciphers, and forgets the PIN', async () => {
    const { connect, recognize } = pivBench(overrides, options);
    const application = await recognize();
    const exchange = connect();
    await application.select(exchange);
    const { pins } = await application.readContents(exchange);
    const pin = pins[0]!;
    await verifyPin(exchange, pin, secretOf(pivPin));
    for (const algorithm of ['RS256', 'PS256'] as const) {
      const signature = await application.sign(exchange, { keyReference: 0x9a, algorithm, digest, length: 256 });
      const padding = algorithm === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {};
      expect(verify('sha256', message, { key: keyOf(people.rsa.der), ...padding }, signature)).toBe(true);
    }
    await verifyPin(exchange, pin, secretOf(pivPin));
    const ecdsa = await application.sign(exchange, { keyReference: 0x9c, algorithm: 'ES256', digest, length: 64 });
    const ecKey = { key: keyOf(people.p256.der), dsaEncoding: 'ieee-p1363' } as const;
    expect(verify('sha256', message, ecKey, ecdsa)).toBe(true);
    for (const [keyReference, der] of [
      [0x9d, people.deciphering.der],
      [0x82, people.retired.der],
    ] as const) {
      for (const algorithm of application.decipherAlgorithms) {
        const padding =
          algorithm === 'RSA1_5'
            ? { padding: constants.RSA_PKCS1_PADDING }
            : { oaepHash: algorithm === 'RSA-OAEP' ? 'sha1' : 'sha256' };
        const cryptogram = publicEncrypt({ key: keyOf(der), ...padding }, message);
        const text = await application.decipher(exchange, { keyReference, algorithm, cryptogram });
        expect(toHex(text)).toBe(toHex(message));
      }
    }
    expect((await readRetryCounter(exchange, pin)).attemptsRemaining).toBeUndefined();
    expect(await application.dropPin(exchange, pin)).toBe(true);
    expect((await readRetryCounter(exchange, pin)).attemptsRemaining).toBe(3);
    await expect(
      application.sign(exchange, { keyReference: 0x9a, algorithm: 'RS256', digest, length: 256 }),
    ).rejects.toMatchObject({ code: 'ERR_CARD_SECURITY_STATUS' });
  });

  it('makes keys in free slots and keeps their certificates', async () => {
    const { rsa, p256, deciphering, p384, retired } = people;
    const slots = [
      { reference: 0x9c, ...p256 },
      { reference: 0x9d, ...deciphering },
      { reference: 0x9e, ...p384 },
      { reference: 0x82, ...retired },
    ];
    const { connect, recognize, managementKey } = pivBench({ ...overrides, slots }, options);
    const application = await recognize();
    const writer = application.writer!;
    const exchange = connect();
    await application.select(exchange);
    await writer.open!(exchange, Secret.moveFrom(managementKey.slice()));
    const [ec, made] = [
      await writer.generateKeyPair(exchange, newKey({ spec: 'ec-p384' })),
      await writer.generateKeyPair(exchange, newKey({ spec: 'rsa-2048' })),
    ];
    expect([ec.reference, made.reference]).toEqual([0x9a, 0x83]);
    const certificates = [made, ec].map(({ reference, publicKey }) => ({
      keyReference: reference,
      der: certificateFor(publicKey, 'TEST new', rsa.privateKey),
      label: '',
    }));
    const list = async () =>
      (await application.readContents(exchange)).certificates.map(({ name, der }) => [name, toHex(der)]);
    expect((await list()).map(([name]) => name)).toEqual(['9c', '9d', '9e', '82']);
    const before = await application.readFreshness(exchange);
    for (const certificate of certificates) await writer.storeCertificate(exchange, certificate);
    expect(await application.readFreshness(exchange)).not.toBe(before);
    const listed = await list();
    expect(listed.map(([name]) => name)).toEqual(['9a', '9c', '9d', '9e', '82', '83']);
    expect([listed[0]?.[1], listed[5]?.[1]]).toEqual([toHex(certificates[1]!.der), toHex(certificates[0]!.der)]);
    const { certificates: held, pins } = await application.readContents(exchange);
    expect([held[4]?.key?.canSign, held[5]?.key?.canSign]).toEqual([false, true]);
    await verifyPin(exchange, pins[0]!, secretOf(pivPin));
    const value = createHash('sha384').update(message).digest();
    const request = { keyReference: 0x9a, algorithm: 'ES384', digest: value, length: 96 } as const;
    const signature = await application.sign(exchange, request);
    const key = { key: keyOf(certificates[1]!.der), dsaEncoding: 'ieee-p1363' } as const;
    expect(verify('sha384', message, key, signature)).toBe(true);
    await writer.removeCertificate(exchange, { ...certificates[0]!, keepKey: false });
    await writer.removeCertificate(exchange, { keyReference: undefined, der: p384.der, keepKey: false });
    expect((await list()).map(([name]) => name)).toEqual(['9a', '9c', '9d', '82']);
  });
});

describe('the number of commands', () => {
  it.each([
    // SELECT, CHUID, two heads, counter; RSA over T=1 and over T=0.
    ['a YubiKey', { atrKind: 'yubikey' }, {}, 5, 10, 4],
    ['a PIV card', { atrKind: 'hist' }, {}, 5, 18, 6],
    ['a card with T=0', { atrKind: 'generic' }, { protocol: 'T=0' }, 8, 26, 7],
  ] as const)('of %s: known, at first sight, to sign in', async (_, overrides, options, known, first, login) => {
    const { connect, recognize } = pivBench(overrides, options);
    const again = connect();
    const application = await recognize(again);
    const { pins } = await application.readContents(connect());
    await application.readFreshness(again);
    await readRetryCounter(again, pins[0]!);
    const newly = connect();
    await recognize(newly);
    await application.readContents(newly);
    await application.readFreshness(newly);
    await readRetryCounter(newly, pins[0]!);
    const signing = connect();
    await application.select(signing);
    await readRetryCounter(signing, pins[0]!);
    await verifyPin(signing, pins[0]!, secretOf(pivPin));
    await application.sign(signing, { keyReference: 0x9a, algorithm: 'RS256', digest, length: 256 });
    expect([again.count, newly.count, signing.count]).toEqual([known, first, login]);
  });
});

describe('PIN and PUK', () => {
  it('are changed and unblocked in blocks of eight bytes', async () => {
    const { connect, recognize, state } = pivBench();
    const exchange = connect();
    const application = await recognize(exchange);
    const pin = (await application.readContents(exchange)).pins[0]!;
    await changePin(exchange, pin, secretOf(pivPin), secretOf('98765432'));
    await expect(verifyPin(exchange, pin, secretOf(pivPin))).rejects.toMatchObject({
      code: 'ERR_PIN_WRONG',
      attemptsRemaining: 2,
    });
    await expect(unblockPin(exchange, pin, secretOf('11111111'), secretOf(pivPin))).rejects.toMatchObject({
      code: 'ERR_PUK_WRONG',
      attemptsRemaining: 2,
    });
    await unblockPin(exchange, pin, secretOf(pivPuk), secretOf(pivPin));
    await verifyPin(exchange, pin, secretOf(pivPin));
    expect(state().pin.triesLeft).toBe(3);
  });

  it('the global PIN is the one that counts where the card prefers it', async () => {
    const discovery = { tag: 0x7e, value: fromHex('4f0ba0000003080000100001005f2f026020') };
    const { connect, recognize } = pivBench({ globalPin: new TextEncoder().encode('445566'), objects: [discovery] });
    const exchange = connect();
    const application = await recognize(exchange);
    const { pins, certificates } = await application.readContents(exchange);
    expect([pins.map(({ reference }) => reference), certificates[0]?.key?.pin]).toEqual([[0x00], 0x00]);
    await verifyPin(exchange, pins[0]!, secretOf('445566'));
    await application.sign(exchange, { keyReference: 0x9a, algorithm: 'RS256', digest, length: 256 });
    expect(await application.dropPin(exchange, pins[0]!)).toBe(true);
  });
});

describe('the management key', () => {
  it.each([
    [0x03, 24],
    [0x08, 16],
    [0x0a, 24],
    [0x0c, 32],
  ])('with cipher %i opens PIV card and YubiKey, and none other does', async (algorithm, length) => {
    const value = new Uint8Array(length).map((_, index) => 0x11 * (index % 15));
    for (const atrKind of ['hist', 'yubikey'] as const) {
      const { connect, recognize } = pivBench({ atrKind, managementKey: { algorithm, value } });
      const application = await recognize();
      const writer = application.writer!;
      const exchange = connect();
      await application.select(exchange);
      const wrong = Secret.moveFrom(value.slice().fill(0x77, 0, 8));
      await expect(writer.open!(exchange, wrong)).rejects.toMatchObject({ code: 'ERR_CARD_MANAGEMENT_KEY' });
      const store = writer.storeCertificate(exchange, { keyReference: 0x9c, der: people.p256.der, label: '' });
      await expect(store).rejects.toMatchObject({ code: 'ERR_CARD_READ_ONLY' });
      await writer.open!(exchange, Secret.moveFrom(value.slice()));
      await writer.storeCertificate(exchange, { keyReference: 0x9c, der: people.p256.der, label: '' });
    }
  });

  it('does not make room on a card that is full', async () => {
    const { connect, recognize, managementKey, state } = pivBench({ capacity: 4500 });
    const application = await recognize();
    const exchange = connect();
    await application.select(exchange);
    await application.writer!.open!(exchange, Secret.moveFrom(managementKey.slice()));
    const large = certificateOver('TEST '.repeat(300), keyOf(people.rsa.der), people.rsa.privateKey);
    const before = JSON.stringify(state().objects);
    await expect(
      application.writer!.storeCertificate(exchange, { keyReference: 0x9a, der: large, label: '' }),
    ).rejects.toMatchObject({ code: 'ERR_CARD_FULL' });
    expect(JSON.stringify(state().objects)).toBe(before);
  });
});

describe('a fault at any command', () => {
  const faults: readonly (readonly [name: string, answer: Uint8Array | Error])[] = [
    ['6f00', fromHex('6f00')],
    ['6982', fromHex('6982')],
    ['6d00', fromHex('6d00')],
    ['nothing', new Uint8Array()],
    ['half a status word', fromHex('90')],
    ['success without data', fromHex('9000')],
    ['garbage', fromHex('53ff00017c827f49869000')],
    ['more that never comes', fromHex('6120')],
    ['removed', new MiddlewareError('ERR_CARD_REMOVED', 'gone')],
    ['reset', new MiddlewareError('ERR_PCSC_CARD_RESET', 'reset')],
  ];
  const scenarios: Readonly<Record<string, (card: PivBench, exchange: ApduExchange) => Promise<void>>> = {
    async reading({ recognize }, exchange) {
      const application = await recognize(exchange);
      await application.readFreshness(exchange);
      await application.readContents(exchange);
    },
    async 'signing with RSA'({ recognize }, exchange) {
      const application = await recognize();
      await application.select(exchange);
      const request = { keyReference: 0x9a, algorithm: 'RS256', digest, length: 256 } as const;
      expect(verify('sha256', message, keyOf(people.rsa.der), await application.sign(exchange, request))).toBe(true);
    },
    async 'signing with ECDSA'(card, exchange) {
      const application = await card.recognize();
      await application.select(exchange);
      // This key wants the PIN immediately before.
      card.verifyPin();
      const request = { keyReference: 0x9c, algorithm: 'ES256', digest, length: 64 } as const;
      const key = { key: keyOf(people.p256.der), dsaEncoding: 'ieee-p1363' } as const;
      expect(verify('sha256', message, key, await application.sign(exchange, request))).toBe(true);
    },
    async deciphering({ recognize }, exchange) {
      const application = await recognize();
      await application.select(exchange);
      const cryptogram = publicEncrypt({ key: keyOf(people.deciphering.der), oaepHash: 'sha256' }, message);
      const request = { keyReference: 0x9d, algorithm: 'RSA-OAEP-256', cryptogram } as const;
      expect(toHex(await application.decipher(exchange, request))).toBe(toHex(message));
    },
    async writing({ recognize, managementKey }, exchange) {
      const writer = (await recognize()).writer!;
      await writer.open!(exchange, Secret.moveFrom(managementKey.slice()));
      const { reference: keyReference } = await writer.generateKeyPair(exchange, newKey({ certificateBytes: 300 }));
      await writer.storeCertificate(exchange, { keyReference, der: people.p256.der, label: '' });
      await writer.removeCertificate(exchange, { keyReference, der: people.p256.der, keepKey: false });
    },
  };

  it.each(Object.keys(scenarios))(
    'while %s ends in a typed error, spends no try and hides no certificate',
    async (name) => {
      const scenario = scenarios[name]!;
      for (const atrKind of ['hist', 'yubikey'] as const) {
        // Where something is written, the slot for signing in is free.
        const slots = testPivPersonalization().slots.slice(name === 'writing' ? 1 : 0);
        const plain = pivBench({ atrKind, slots });
        plain.verifyPin();
        const whole = plain.connect();
        await scenario(plain, whole);
        for (let at = 0; at < whole.count; at += 1) {
          for (const [fault, answer] of faults) {
            const card = name === 'writing' ? pivBench({ atrKind, slots }) : plain;
            card.card.reset();
            card.send(SELECT_PIV);
            card.verifyPin();
            const exchange = card.connect((command) => (command === at ? answer : undefined));
            const end = await scenario(card, exchange).then(
              () => 'done',
              (error: unknown) => error,
            );
            const context = `${name}, ${atrKind}, command ${at}: ${fault}`;
            const isTolerated = end === 'done' || (end instanceof Error && end.message === 'not recognized');
            expect(isTolerated || isMiddlewareError(end), `${context}: ${String(end)}`).toBe(true);
            if (answer instanceof Error && end !== answer) expect.fail(`${context}: ${String(end)}`);
            expect(card.state().pin.triesLeft, context).toBe(3);
            const application = await card.recognize();
            const { certificates } = await application.readContents(card.connect());
            const listed = certificates.map(({ der }) => toHex(der));
            expect(
              slots.every(({ der }) => listed.includes(toHex(der!))),
              context,
            ).toBe(true);
          }
        }
      }
    },
  );
});
