import { describe, expect, it } from 'vitest';
import { readRetryCounter } from '../../../../src/cards/pin-commands.js';
import { applicationPin, globalPin } from '../../../../src/cards/piv/discovery.js';
import { createPivFamily } from '../../../../src/cards/piv/piv-family.js';
import { fromHex } from '../../../../src/core/bytes.js';
import { getData, pivAtr, scripted, select, yubiKeyAtr, type Pair } from './scripted-exchange.js';

const family = createPivFamily();
const guid = '00112233445566778899aabbccddeeff';
const chuid: Pair = [getData('5fc102'), `53123410${guid}9000`];

async function known(pairs: readonly Pair[], atr = pivAtr, readerTakesExtended = false) {
  const { card, exchange } = scripted([select, chuid, ...pairs], 'T=1', readerTakesExtended);
  const application = await family.recognize(exchange, fromHex(atr));
  if (application === undefined) throw new Error('not recognized');
  return { card, exchange, application };
}

describe('hints()', () => {
  it.each([
    ['a YubiKey 5', yubiKeyAtr, true],
    ['a YubiKey 5, contactless', '3b8d80018073c021c057597562694b6579f9', true],
    ['a YubiKey 4', '3bf81300008131fe15597562696b657934d4', true],
    ['a card that names the application', pivAtr, true],
    ['an IDPrime 940', '3b7f96000080318065b0855956fb120ffe829000', false],
    ['a card that names another application', '3bfd1800008131fe4580fba0000000630000100001002f', false],
    ['nothing', '', false],
  ])('of %s', (_, atr, hints) => {
    expect(family.hints(fromHex(atr))).toBe(hints);
  });
});

describe('recognize()', () => {
  it.each([
    ['PIV card', pivAtr],
    ['YubiKey', yubiKeyAtr],
    ['PIV card', '3b00'],
  ])('takes a %s in two commands', async (product, atr) => {
    const { card, exchange, application } = await known([], atr);
    expect([application.product, application.serial, exchange.count]).toEqual([product, guid, 2]);
    expect(application.freshnessIsComplete).toBe(false);
    card.assertUsedUp();
  });

  it.each(['6a82', '6d00', '6e00', '6a81', '6999'])(
    'leaves a card that answers %s after one command',
    async (answer) => {
      const { card, exchange } = scripted([[select[0], answer]]);
      expect(await family.recognize(exchange, fromHex(pivAtr))).toBeUndefined();
      card.assertUsedUp();
    },
  );

  it('leaves a card that selects something else', async () => {
    const { card, exchange } = scripted([[select[0], '6f0484024f4f9000']]);
    expect(await family.recognize(exchange, fromHex(pivAtr))).toBeUndefined();
    card.assertUsedUp();
  });

  it('leaves a card that says yes to everything and knows nothing after two', async () => {
    const { card, exchange } = scripted([
      [select[0], '9000'],
      [chuid[0], '6d00'],
    ]);
    expect(await family.recognize(exchange, fromHex(pivAtr))).toBeUndefined();
    card.assertUsedUp();
  });

  it('with T=0 does not fetch what SELECT offers', async () => {
    const script: Pair[] = [
      ['00a4040009a00000030800001000', '6111'],
      ['00cb3fff055c035fc102', '6114'],
      ['00c0000014', `53123410${guid}9000`],
    ];
    const { card, exchange } = scripted(script, 'T=0');
    expect((await family.recognize(exchange, fromHex(pivAtr)))?.serial).toBe(guid);
    card.assertUsedUp();
  });
});

describe('a known card', () => {
  it('is ready after five commands', async () => {
    const counter: Pair = ['00200080', '63c3'];
    const heads: Pair[] = [
      [getData('5fc105', '40'), '6a82'],
      [getData('5fc10a', '40'), '6a82'],
    ];
    const { card, exchange, application } = await known([...heads, counter]);
    await application.readFreshness(exchange);
    expect(await readRetryCounter(exchange, applicationPin)).toMatchObject({ attemptsRemaining: 3 });
    expect(exchange.count).toBe(5);
    card.assertUsedUp();
  });
});

describe('select()', () => {
  it('selects again, and says when that does not work any more', async () => {
    const { card, exchange, application } = await known([select, [select[0], '6a82']]);
    await application.select(exchange);
    await expect(application.select(exchange)).rejects.toMatchObject({ code: 'ERR_CARD_UNKNOWN' });
    card.assertUsedUp();
  });

  it('has objects read in one command where card and reader take extended length', async () => {
    const { card, exchange, application } = await known([], yubiKeyAtr, true);
    card.assertUsedUp();
    const certificate = `5382012e 7082012530820121${'00'.repeat(0x121)} 710100fe00`;
    const objects: Pair[] = [
      ['00cb3fff0000035c017e0000', '6a82'],
      ['00cb3fff0000055c035fc1050000', `${certificate}9000`],
      ...['5fc10a', '5fc10b', '5fc101', '5fc10c', '5fc10d'].map((tag): Pair => [
        `00cb3fff0000055c03${tag}0000`,
        '6a82',
      ]),
    ];
    const again = scripted([select, ...objects], 'T=1', true);
    await application.select(again.exchange);
    expect((await application.readContents(again.exchange)).certificates).toHaveLength(1);
    expect(exchange.count + again.exchange.count).toBe(2 + 8);
    again.card.assertUsedUp();
  });
});

describe('dropPin()', () => {
  it.each([
    [applicationPin, '0020ff80', '9000', true],
    [globalPin, '0020ff00', '9000', true],
    [applicationPin, '0020ff80', '6a86', false],
    [applicationPin, '0020ff80', '6d00', false],
  ])('of %o', async (pin, command, answer, dropped) => {
    const { card, exchange, application } = await known([[command, answer]]);
    expect(await application.dropPin(exchange, pin)).toBe(dropped);
    card.assertUsedUp();
  });
});
