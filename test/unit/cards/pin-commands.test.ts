import { describe, expect, it } from 'vitest';
import { createApduExchange } from '../../../../src/cards/apdu-exchange.js';
import { dropPin, readRetryCounter, verifyPin } from '../../../../src/cards/idprime/pin-commands.js';
import { toHex } from '../../../../src/core/bytes.js';
import { systemClock } from '../../../../src/core/ports.js';
import { Secret } from '../../../../src/core/secret.js';
import { scriptedCard, type ScriptStep } from '../../../support/scripted-channel.js';
import { secretOf } from '../../../support/token-bench.js';

function script(steps: readonly ScriptStep[]) {
  const card = scriptedCard(steps);
  return { card, exchange: createApduExchange(card, { clock: systemClock }) };
}

describe('verifyPin()', () => {
  it('pads to 16 bytes, sends once, and wipes what it sent', async () => {
    const { card, exchange } = script([{ command: `00200083103132333435${'00'.repeat(11)}`, answer: '9000' }]);
    await verifyPin(exchange, 0x83, secretOf('12345'));
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
    await expect(verifyPin(exchange, 0x11, secretOf('1234'))).rejects.toMatchObject({ code });
    card.assertUsedUp();
    expect(card.sent.map(toHex)).toEqual(['00'.repeat(21)]);
  });

  it('sends nothing for a PIN that does not fit the block', async () => {
    const { card, exchange } = script([]);
    const tooLong = Secret.moveFrom(new Uint8Array(17).fill(0x31));
    await expect(verifyPin(exchange, 0x11, tooLong)).rejects.toBeInstanceOf(RangeError);
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
    expect(await readRetryCounter(exchange, 0x11)).toEqual({ reference: 0x11, attemptsRemaining, blocked });
  });

  it('fails on any other status word', async () => {
    const { exchange } = script([{ command: '0020001100', answer: '6a88' }]);
    await expect(readRetryCounter(exchange, 0x11)).rejects.toMatchObject({ code: 'ERR_CARD_STATUS' });
  });
});

describe('dropPin()', () => {
  it.each([
    ['9000', true],
    ['6d00', false],
    ['6a86', false],
  ])('after %s is %s', async (answer, dropped) => {
    const { exchange } = script([{ command: '0021ff1100', answer }]);
    expect(await dropPin(exchange, 0x11)).toBe(dropped);
  });
});
