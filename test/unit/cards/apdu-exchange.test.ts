import { describe, expect, it } from 'vitest';
import { createApduExchange } from '../../../src/cards/apdu-exchange.js';
import { MiddlewareError } from '../../../src/core/errors.js';
import { toHex } from '../../../src/core/bytes.js';
import type { CardProtocol } from '../../../src/iso7816/command-apdu.js';
import { scriptedCard, type ScriptStep } from '../../support/scripted-channel.js';

const read = { cla: 0x00, ins: 0xb0, p1: 0x00, p2: 0x00, le: 256 };

function exchangeOf(steps: readonly ScriptStep[], protocol: CardProtocol = 'T=0') {
  const card = scriptedCard(steps, protocol);
  let time = 100;
  const clock = { now: () => 0, monotonic: () => (time += 5) };
  return { card, exchange: createApduExchange(card, { clock }) };
}

describe('send()', () => {
  it('answers data and status word and counts the command', async () => {
    const { card, exchange } = exchangeOf([{ command: '00b0000000', answer: '0102 9000' }]);
    const { data, statusWord } = await exchange.send(read);
    expect([toHex(data), statusWord, exchange.count]).toEqual(['0102', 0x9000, 1]);
    card.assertUsedUp();
  });

  it('leaves a refusal to the caller', async () => {
    const { exchange } = exchangeOf([{ command: '00b0000000', answer: '6a82' }]);
    expect((await exchange.send(read)).statusWord).toBe(0x6a82);
  });

  it('fetches what 61xx announces until nothing is left, and counts each command', async () => {
    const { card, exchange } = exchangeOf([
      { command: '00b0000000', answer: '01 6102' },
      { command: '00c0000002', answer: '0203 6100' },
      { command: '00c0000000', answer: '04 9000' },
    ]);
    const { data, statusWord } = await exchange.send(read);
    expect([toHex(data), statusWord, exchange.count]).toEqual(['01020304', 0x9000, 3]);
    card.assertUsedUp();
  });

  it('asks GET RESPONSE again with the length that 6Cxx gives', async () => {
    const { card, exchange } = exchangeOf([
      { command: '00b0000000', answer: '6100' },
      { command: '00c0000000', answer: '6c02' },
      { command: '00c0000002', answer: '0102 9000' },
    ]);
    expect(toHex((await exchange.send(read)).data)).toBe('0102');
    card.assertUsedUp();
  });

  it('repeats a read once with the length that 6Cxx gives, and not a second time', async () => {
    const { card, exchange } = exchangeOf([
      { command: '00b0000000', answer: '6c10' },
      { command: '00b0000010', answer: '6c20' },
    ]);
    expect((await exchange.send(read)).statusWord).toBe(0x6c20);
    expect(exchange.count).toBe(2);
    card.assertUsedUp();
  });

  it('does not repeat a command that asked for nothing', async () => {
    const { card, exchange } = exchangeOf([{ command: '0020001100', answer: '6c10' }]);
    expect((await exchange.send({ cla: 0, ins: 0x20, p1: 0, p2: 0x11 })).statusWord).toBe(0x6c10);
    card.assertUsedUp();
  });

  it('saves GET RESPONSE where the data is of no use', async () => {
    const { card, exchange } = exchangeOf([{ command: '00a40800020101', answer: '610d' }]);
    const select = { cla: 0, ins: 0xa4, p1: 8, p2: 0, data: Uint8Array.of(1, 1), le: 256 };
    expect((await exchange.send(select, { discardData: true })).statusWord).toBe(0x9000);
    card.assertUsedUp();
  });

  it.each([
    ['what the card announces, where that is less', '6105', 8, '00c0000005', '01020304059000'],
    ['as much as is wanted', '6100', 3, '00c0000003', '01020361fd'],
  ])('fetches of a beginning %s', async (_, announced, beginning, fetch, answer) => {
    const { card, exchange } = exchangeOf([
      { command: '00a40800020101', answer: announced },
      { command: fetch, answer },
    ]);
    const select = { cla: 0, ins: 0xa4, p1: 8, p2: 0, data: Uint8Array.of(1, 1), le: 256 };
    const { data, statusWord } = await exchange.send(select, { beginning });
    expect([toHex(data), statusWord]).toEqual(['0102030405'.slice(0, 2 * Math.min(5, beginning)), 0x9000]);
    card.assertUsedUp();
  });

  it('takes what came first for the beginning where the card gave any', async () => {
    const { card, exchange } = exchangeOf([{ command: '00b0000000', answer: '01026105' }]);
    expect(await exchange.send(read, { beginning: 8 })).toEqual({ data: Uint8Array.of(1, 2), statusWord: 0x9000 });
    card.assertUsedUp();
  });

  it('gives up on a card that announces data and gives none', async () => {
    const { exchange } = exchangeOf([
      { command: '00b0000000', answer: '6105' },
      { command: '00c0000005', answer: '6105' },
    ]);
    await expect(exchange.send(read)).rejects.toMatchObject({ code: 'ERR_CARD_RESPONSE' });
  });

  it('gives up on an answer without an end', async () => {
    const block = `${'00'.repeat(256)}6100`;
    const endless = Array.from({ length: 300 }, (): ScriptStep => ({ command: '00c0000000', answer: block }));
    const { exchange } = exchangeOf([{ command: '00b0000000', answer: block }, ...endless]);
    await expect(exchange.send(read)).rejects.toMatchObject({ code: 'ERR_CARD_RESPONSE' });
    expect(exchange.count).toBeLessThan(300);
  });

  it('refuses an answer of one byte', async () => {
    const { exchange } = exchangeOf([{ command: '00b0000000', answer: '90' }]);
    await expect(exchange.send(read)).rejects.toMatchObject({ code: 'ERR_CARD_RESPONSE' });
  });

  it('counts a command that the transport lost, and passes its error on', async () => {
    const removed = new MiddlewareError('ERR_CARD_REMOVED', 'gone');
    const { exchange } = exchangeOf([{ command: '00b0000000', answer: removed }]);
    await expect(exchange.send(read)).rejects.toBe(removed);
    expect(exchange.count).toBe(1);
  });

  it('measures from the first command to the last answer', async () => {
    const { exchange } = exchangeOf([
      { command: '00b0000000', answer: '9000' },
      { command: '00b0000000', answer: '9000' },
    ]);
    expect(exchange.elapsedMs).toBe(0);
    await exchange.send(read);
    await exchange.send(read);
    expect(exchange.elapsedMs).toBe(10);
  });
});

describe('send() of a sensitive command', () => {
  const verify = { cla: 0, ins: 0x20, p1: 0, p2: 0x11, data: Uint8Array.of(0x31, 0x32, 0x33, 0x34) };

  it('wipes the encoded bytes when the card has answered', async () => {
    const { card, exchange } = exchangeOf([{ command: '002000110431323334', answer: '9000' }]);
    await exchange.send(verify, { sensitive: true });
    expect(card.sent.map(toHex)).toEqual(['00'.repeat(9)]);
  });

  it('wipes the encoded bytes when the transport fails', async () => {
    const { card, exchange } = exchangeOf([
      { command: '002000110431323334', answer: new MiddlewareError('ERR_CARD_REMOVED', 'gone') },
    ]);
    await expect(exchange.send(verify, { sensitive: true })).rejects.toMatchObject({ code: 'ERR_CARD_REMOVED' });
    expect(card.sent.map(toHex)).toEqual(['00'.repeat(9)]);
  });

  it.each(['6c10', '6110', '6f00'])('sends nothing more after %s', async (answer) => {
    const { card, exchange } = exchangeOf([{ command: '002000110431323334', answer }]);
    const { statusWord } = await exchange.send({ ...verify, le: 256 }, { sensitive: true });
    expect(statusWord).toBe(Number.parseInt(answer, 16));
    expect(exchange.count).toBe(1);
    card.assertUsedUp();
  });
});
