import { describe, expect, it } from 'vitest';
import { needsManagementKey, openForWriting } from '../../../../src/cards/piv/open-for-writing.js';
import { fromHex } from '../../../../src/core/bytes.js';
import { Secret } from '../../../../src/core/secret.js';
import { pivManagementKey } from '../../../support/virtual-piv-fixture.js';
import { pivBench, type PivBench } from './virtual-piv-bench.js';

const factory = fromHex('0102030405060708'.repeat(3));
const own = pivManagementKey;
const yubiKey = { isYubiKey: true };
const plain = { isYubiKey: false };
const underPin = { atrKind: 'yubikey', managementKeyUnderPin: true } as const;

/** Whether the card lets an object be written. */
const isOpen = ({ send }: Pick<PivBench, 'send'>): boolean => send('00db3fff075c035fc1065300').endsWith('9000');

/** With the PIN verified, as the card is when writing begins. */
function verified(overrides: Parameters<typeof pivBench>[0]) {
  const card = pivBench(overrides);
  card.verifyPin();
  const exchange = card.connect();
  return { ...card, exchange };
}

describe('openForWriting()', () => {
  it.each([
    ['the key that was given', { atrKind: 'yubikey' }, own, yubiKey],
    ['the key that was given, before the one that the card keeps', underPin, own, yubiKey],
    ['the key that the card keeps under the PIN', underPin, undefined, yubiKey],
    ['an AES key that it keeps', { ...underPin, managementKey: { algorithm: 0x0a, value: own } }, undefined, yubiKey],
    [
      'the key of the factory',
      { atrKind: 'yubikey', managementKey: { algorithm: 0x03, value: factory } },
      undefined,
      yubiKey,
    ],
    [
      'that of newer ones',
      { atrKind: 'yubikey', managementKey: { algorithm: 0x0a, value: factory } },
      undefined,
      yubiKey,
    ],
    ['the key that was given for another PIV card', { atrKind: 'hist' }, own, plain],
  ] as const)('opens a card with %s', async (_, overrides, given, kind) => {
    const card = verified(overrides);
    const key = given === undefined ? undefined : Secret.moveFrom(given.slice());
    await openForWriting(card.exchange, key, kind);
    expect(isOpen(card)).toBe(true);
  });

  it.each([
    ['a YubiKey with a key of its own', { atrKind: 'yubikey' }, undefined, yubiKey],
    ['a PIV card with a key of its own', { atrKind: 'hist' }, undefined, plain],
    ['a wrong key, though the card keeps the right one', underPin, factory, yubiKey],
  ] as const)('is ERR_CARD_MANAGEMENT_KEY with %s', async (_, overrides, given, kind) => {
    const card = verified(overrides);
    const key = given === undefined ? undefined : Secret.moveFrom(given.slice());
    await expect(openForWriting(card.exchange, key, kind)).rejects.toMatchObject({ code: 'ERR_CARD_MANAGEMENT_KEY' });
    expect(isOpen(card)).toBe(false);
  });

  it('goes on to the key of the factory where the one that the card keeps is an old one', async () => {
    const card = verified({
      ...underPin,
      managementKey: { algorithm: 0x03, value: factory },
      objects: [
        { tag: 0x5fff00, value: fromHex('8003810102') },
        { tag: 0x5fc109, value: fromHex(`881a8918${'77'.repeat(24)}`) },
      ],
    });
    await openForWriting(card.exchange, undefined, yubiKey);
    expect(isOpen(card)).toBe(true);
  });

  it.each([
    ['a YubiKey that says that it has another', { atrKind: 'yubikey' }, yubiKey],
    [
      'a PIV card that may count it, were it the right one',
      { atrKind: 'hist', managementKey: { algorithm: 0x03, value: factory } },
      plain,
    ],
  ] as const)('tries no key on %s', async (_, overrides, kind) => {
    const card = verified(overrides);
    const proofs: number[] = [];
    const send: typeof card.exchange.send = (command, options) => {
      if (command.ins === 0x87) proofs.push(command.p2);
      return card.exchange.send(command, options);
    };
    await expect(openForWriting({ ...card.exchange, send }, undefined, kind)).rejects.toMatchObject({
      code: 'ERR_CARD_MANAGEMENT_KEY',
    });
    expect(proofs).toEqual([]);
    expect(isOpen(card)).toBe(false);
  });
});

describe('needsManagementKey()', () => {
  it.each([
    ['the card keeps it', underPin, yubiKey, false],
    [
      'it is the one of the factory',
      { atrKind: 'yubikey', managementKey: { algorithm: 0x03, value: factory } },
      yubiKey,
      false,
    ],
    ['it is another', { atrKind: 'yubikey' }, yubiKey, true],
    [
      'another PIV card may count what is tried',
      { atrKind: 'hist', managementKey: { algorithm: 0x03, value: factory } },
      plain,
      true,
    ],
  ] as const)('tells, without the PIN, that %s', async (_, overrides, kind, expected) => {
    const { connect } = pivBench(overrides);
    expect(await needsManagementKey(connect(), kind)).toBe(expected);
  });
});
