import { expect, it } from 'vitest';
import { createApduExchange } from '../../../../src/cards/apdu-exchange.js';
import { createIdPrimeFamily } from '../../../../src/cards/idprime/idprime-family.js';
import { fromHex } from '../../../../src/core/bytes.js';
import { systemClock } from '../../../../src/core/ports.js';
import { scriptedCard } from '../../../support/scripted-channel.js';

const atr = fromHex('3B7F96000080318065B0855956FB120FFE829000');
/** 9F7F, length, ten bytes of the product, the date, the chip's number, what follows. */
const productionData = (chipNumber: string): string =>
  `9f7f2a${'11'.repeat(10)}2233${chipNumber}${'00'.repeat(26)}9000`;
const recognition = (chipNumber: string, serial: string | undefined): { command: string; answer: string }[] => [
  { command: '00a4040c0ba000000018800000000662', answer: '9000' },
  { command: '00ca9f7f2d', answer: productionData(chipNumber) },
  ...(serial === undefined
    ? []
    : [
        { command: '00a4080002020100', answer: '9000' },
        { command: '00b0000010', answer: `${serial}9000` },
      ]),
];

/** The serial numbers of cards that are put in one after the other. */
async function serialsOf(...cards: readonly { command: string; answer: string }[][]): Promise<(string | undefined)[]> {
  const family = createIdPrimeFamily();
  const serials: (string | undefined)[] = [];
  for (const script of cards) {
    const card = scriptedCard(script, 'T=1');
    const application = await family.recognize(createApduExchange(card, { clock: systemClock }), atr);
    serials.push(application?.serial);
    card.assertUsedUp();
  }
  return serials;
}

const [a, b] = ['aa'.repeat(16), 'bb'.repeat(16)] as const;

it('createIdPrimeFamily() knows a chip again by its production data', async () => {
  expect(await serialsOf(recognition('01020304', a), recognition('01020304', undefined))).toEqual([a, a]);
});

it.each(['00000000', 'ffffffff'])(
  'createIdPrimeFamily() takes no two chips with the number %s for one',
  async (chip) => {
    expect(await serialsOf(recognition(chip, a), recognition(chip, b))).toEqual([a, b]);
  },
);
