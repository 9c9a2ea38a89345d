import { describe, expect, it } from 'vitest';
import { createApduExchange } from '../../../src/cards/apdu-exchange.js';
import type { CardPin } from '../../../src/cards/card-application.js';
import { changePin, readRetryCounter, unblockPin, verifyPin } from '../../../src/cards/pin-commands.js';
import { toHex } from '../../../src/core/bytes.js';
import { systemClock } from '../../../src/core/ports.js';
import { Secret } from '../../../src/core/secret.js';
import { scriptedCard, type ScriptStep } from '../../support/scripted-channel.js';
import { secretOf } from '../../support/token-bench.js';

function script(steps: readonly ScriptStep[]) {
  const card = scriptedCard(steps);
  return { card, exchange: createApduExchange(card, { clock: systemClock }) };
}

const format = { minLength: 4, maxLength: 16, characters: 'digits' } as const;
const pinOf = (reference: number, block: CardPin['block'] = { length: 16, pad: 0 }): CardPin => ({
  reference,
  role: 'authentication',
  format,
  block,
  puk: { reference: 0x81, format, readable: false },
});

describe('verifyPin()', () => {
  it('sends a PIN as typed where the card wants no padding', async () => {
    const { card, exchange } = script([{ command: '002000110431323334', answer: '9000' }]);
    await verifyPin(exchange, pinOf(0x11, { length: undefined, pad: 0 }), secretOf('1234'));
    card.assertUsedUp();
  });

  it('pads to 16 bytes, sends once, and wipes what it sent', async () => {
    const { card, exchange } = script([{ command: `00200083103132333435${'00'.repeat(11)}`, answer: '9000' }]);
    await verifyPin(exchange, pinOf(0x83), secretOf('12345'));
    expect(card.sent.map(toHex)).toEqual(['00'.repeat(21)]);
  });

  it.each([
    ['63c2', 'ERR_PIN_WRONG'],
    ['63c0', 'ERR_PIN_BLOCKED'],
    ['6983', 'ERR_PIN_BLOCKED'],
    ['6982', 'ERR_CARD_SECURITY_STATUS'],
    ['6700', 'ERR_CARD_STATUS'],
    ['6c10', 'ERR_CARD_STATUS'],
    ['6110', 'ERR_CARD_STATUS'],
    ['6300', 'ERR_CARD_STATUS'],
    ['9001', 'ERR_CARD_STATUS'],
  ])('after %s is %s, and nothing is sent again', async (answer, code) => {
    const { card, exchange } = script([{ command: `002000111031323334${'00'.repeat(12)}`, answer }]);
    await expect(verifyPin(exchange, pinOf(0x11), secretOf('1234'))).rejects.toMatchObject({ code });
    card.assertUsedUp();
    expect(card.sent.map(toHex)).toEqual(['00'.repeat(21)]);
  });

  it('sends nothing for a PIN that does not fit the block', async () => {
    const { card, exchange } = script([]);
    const tooLong = Secret.moveFrom(new Uint8Array(17).fill(0x31));
    await expect(verifyPin(exchange, pinOf(0x11), tooLong)).rejects.toBeInstanceOf(RangeError);
    expect(card.sent).toEqual([]);
  });
});

describe('readRetryCounter()', () => {
  it.each([
    ['63c5', 5, false],
    ['63c0', 0, true],
    ['6983', 0, true],
    ['9000', undefined, false],
  ])('reads %s as %s tries left, blocked %s', async (answer, attemptsRemaining, blocked) => {
    const { exchange } = script([{ command: '0020001100', answer }]);
    expect(await readRetryCounter(exchange, pinOf(0x11))).toEqual({ reference: 0x11, attemptsRemaining, blocked });
  });

  it('fails on any other status word', async () => {
    const { exchange } = script([{ command: '0020001100', answer: '6a88' }]);
    await expect(readRetryCounter(exchange, pinOf(0x11))).rejects.toMatchObject({ code: 'ERR_CARD_STATUS' });
  });
});

describe('changePin()', () => {
  const block8 = { length: 8, pad: 0xff } as const;

  it('sends both codes in blocks of their own, once, and wipes what it sent', async () => {
    const { card, exchange } = script([{ command: '002400801031323334 3536ffff 36353433 3231ffff', answer: '9000' }]);
    await changePin(exchange, pinOf(0x80, block8), secretOf('123456'), secretOf('654321'));
    expect(card.sent.map(toHex)).toEqual(['00'.repeat(21)]);
  });

  it.each([
    ['63c2', 'ERR_PIN_WRONG'],
    ['6983', 'ERR_PIN_BLOCKED'],
    ['6a80', 'ERR_PIN_NEW_REFUSED'],
    ['6985', 'ERR_PIN_NEW_REFUSED'],
    ['6982', 'ERR_CARD_SECURITY_STATUS'],
    ['6f00', 'ERR_CARD_STATUS'],
  ])('after %s is %s, and nothing is sent again', async (answer, code) => {
    const { card, exchange } = script([{ command: '002400801031323334 3536ffff 36353433 3231ffff', answer }]);
    const change = changePin(exchange, pinOf(0x80, block8), secretOf('123456'), secretOf('654321'));
    await expect(change).rejects.toMatchObject({ code });
    card.assertUsedUp();
  });
});

describe('unblockPin()', () => {
  const command = `002c0011203837363534333231${'00'.repeat(8)}313233343536${'00'.repeat(10)}`;

  it.each([
    ['63c2', 'ERR_PUK_WRONG'],
    ['6983', 'ERR_PUK_BLOCKED'],
    ['6a80', 'ERR_PIN_NEW_REFUSED'],
    ['6d00', 'ERR_CARD_STATUS'],
  ])('after %s is %s, never a wrong PIN', async (answer, code) => {
    const { card, exchange } = script([{ command, answer }]);
    const unblock = unblockPin(exchange, pinOf(0x11), secretOf('87654321'), secretOf('123456'));
    await expect(unblock).rejects.toMatchObject({ code });
    card.assertUsedUp();
    expect(card.sent.map(toHex)).toEqual(['00'.repeat(37)]);
  });

  it('sends nothing for a PIN without a PUK', async () => {
    const { card, exchange } = script([]);
    const { puk: _, ...pin } = pinOf(0x11);
    const unblock = unblockPin(exchange, pin, secretOf('87654321'), secretOf('123456'));
    await expect(unblock).rejects.toMatchObject({ code: 'ERR_TOKEN_OPERATION_UNSUPPORTED' });
    expect(card.sent).toEqual([]);
  });
});
