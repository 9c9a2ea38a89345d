import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../src/core/bytes.js';
import type { TracedExchange } from '../../../../src/sandbox/virtual-card/apdu-trace.js';
import {
  fixtureCard,
  pinBlock,
  SELECT_APPLET,
  testPersonalization,
  type FixtureCard,
} from '../../../support/virtual-card-fixture.js';

function selected(options: Parameters<typeof fixtureCard>[1] = {}): FixtureCard {
  const fixture = fixtureCard({}, options);
  expect(fixture.send(SELECT_APPLET)).toBe('9000');
  return fixture;
}

describe('VirtualIdPrimeCard with T=0', () => {
  it('announces answers of case 4 and gives them in parts', () => {
    const { send } = selected();
    expect(send('00a40800020201')).toBe('610d');
    expect(send('00c0000005')).toBe('6f0b8102006108');
    expect(send('00c0000008')).toBe('1082010183020201' + '9000');
    expect(send('00c0000001')).toBe('6985');
  });

  it('forgets a waiting answer with any other command', () => {
    const { send } = selected();
    send('00a40800020201');
    send('0020001100');
    expect(send('00c000000d')).toBe('6985');
    send('00a40800020201');
    expect(send('ff00000000')).toBe('6e00');
    expect(send('00c000000d')).toBe('6985');
  });

  it('asks for the right length by 6Cxx, also in GET RESPONSE, and keeps the answer', () => {
    const { send } = selected();
    send('00a40800020201');
    expect(send('00c0000000')).toBe('6c0d');
    expect(send('00c000000e')).toBe('6c0d');
    expect(send('00c000000d').slice(-4)).toBe('9000');
    expect(send('00b0000011')).toBe('6c10');
    expect(send('00b0000000')).toBe('6c10');
    expect(send('00b0000010')).toHaveLength(36);
  });

  it('does not carry a command out again for its repetition with the right length', () => {
    let made = 0;
    const { send } = selected({ random: (length) => new Uint8Array(length).fill((made += 1)) });
    expect(send('0084000110')).toBe('6c08');
    expect(send('0084000108')).toBe('0101010101010101' + '9000');
    expect(send('0084000108')).toBe('0202020202020202' + '9000');
    expect(send('0084000110')).toBe('6c08');
    expect(send('0020001100')).toBe('63c5');
    expect(send('0084000108')).toBe('0404040404040404' + '9000');
  });

  it('gives what Le asks for and announces the rest', () => {
    const { send } = selected();
    expect(send('00ca9f7f03')).toBe('9f7f2a' + '612a');
    expect(send('00c000002a')).toHaveLength(88);
    expect(send('00cadf302d')).toBe('6c0a');
    expect(send('00cadf300a')).toBe('df3007342e342e322e41' + '9000');
  });

  it('takes four bytes for case 1, and refuses contradicting and extended lengths', () => {
    const { send } = selected();
    expect(send('00200011')).toBe('63c5');
    for (const command of ['', '00', '0020', '002000', '00a408000201', '00a4080002010100', '00a408000000020101']) {
      expect(send(command), command).toBe('6700');
    }
  });

  it('knows its instructions and classes, and says so before all else', () => {
    const { send } = selected();
    expect(send('8020001100')).toBe('6e00');
    expect(send('0c20001100')).toBe('6e00');
    expect(send('d039000000')).toBe('6e00');
    expect(send('00a6000015')).toBe('6d00');
    expect(send('0087000000')).toBe('6d00');
    expect(send('00ca010100')).toBe('6a88');
    expect(send('0084010008')).toBe('6a86');
  });

  it('drops a chain that is not continued', () => {
    const { send } = selected();
    send(`0020001110${pinBlock('1234')}`);
    send('002241b80680011a840156');
    expect(send(`102a8086ff81${'00'.repeat(254)}`)).toBe('9000');
    expect(send('0020001100')).toBe('9000');
    expect(send('002a8086020000')).toBe('6a80');
  });

  it('bounds a chain', () => {
    const { send } = selected();
    const block = `102a8086ff${'81'.repeat(255)}`;
    expect([1, 2, 3, 4, 5].map(() => send(block))).toEqual(['9000', '9000', '9000', '9000', '6700']);
  });

  it('forgets applet, file, environment and waiting answers on reset', () => {
    const fixture = selected();
    fixture.send('00a40800020201');
    fixture.card.reset();
    expect(fixture.send('00c000000d')).toBe('6985');
    expect(fixture.send('00b0000010')).toBe('6985');
    fixture.send(SELECT_APPLET);
    expect(fixture.send('00b0000010')).toBe('6986');
    expect(fixture.send('002a9e9a00')).toBe('6985');
  });
});

describe('VirtualIdPrimeCard with T=1', () => {
  it('answers case 4 at once and shorter than Le without asking again', () => {
    const { send } = selected({ protocol: 'T=1' });
    expect(send('00a4080002020100')).toBe('6f0b81020010820101830202019000');
    expect(send('00b0000000')).toHaveLength(36);
    expect(send('00b0000011')).toHaveLength(36);
  });
});

describe('VirtualIdPrimeCard trace', () => {
  it('never holds a PIN or PUK', () => {
    const seen: TracedExchange[] = [];
    const { send } = selected({ trace: (exchange) => seen.push(exchange) });
    const pins = ['1234', '9753', '12345678', '567890'];
    send(`0020001110${pinBlock('1234')}`);
    send(`0021008310${pinBlock('567890')}`);
    send(`0024001120${pinBlock('1234')}${pinBlock('9753')}`);
    send(`002c001120${pinBlock('12345678')}${pinBlock('9753')}`);
    send(`8020001110${pinBlock('1234')}`);
    send(`10200011ff${pinBlock('1234')}`);
    const text = seen.map(({ command, response }) => toHex(command) + toHex(response)).join('\n');
    for (const pin of pins) expect(text).not.toContain(Buffer.from(pin).toString('hex'));
    expect(seen.slice(1).map(({ command }) => toHex(command))).toEqual([
      '0020001110',
      '0021008310',
      '0024001120',
      '002c001120',
      '8020001110',
      '10200011ff',
    ]);
  });
});

describe('VirtualIdPrimeCard with any bytes', () => {
  const header = fc.tuple(
    fc.constantFrom(0x00, 0x10, 0x00, 0x80),
    fc.constantFrom(
      0x20,
      0x21,
      0x22,
      0x24,
      0x2a,
      0x2c,
      0x47,
      0x82,
      0x84,
      0xa4,
      0xb0,
      0xc0,
      0xca,
      0xcb,
      0xd6,
      0xe0,
      0xe4,
    ),
    fc.constantFrom(0x00, 0x04, 0x08, 0x41, 0x80, 0x90, 0x9e, 0x9f, 0xdf, 0xff),
    fc.constantFrom(0x00, 0x01, 0x0c, 0x11, 0x7f, 0x83, 0x86, 0x9a, 0xa0, 0xb6, 0xb8),
  );
  const likely = fc
    .tuple(
      header,
      fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(fromHex('800142840156')), fc.constant(fromHex('0206'))),
    )
    .chain(([head, data]) =>
      fc.constantFrom(
        Uint8Array.from([...head, data.length, ...data]),
        Uint8Array.from([...head, data.length]),
        Uint8Array.from([...head, ...data]),
      ),
    );
  const commands = fc.array(fc.oneof(fc.uint8Array({ maxLength: 300 }), likely, likely), {
    minLength: 1,
    maxLength: 30,
  });

  it.each(['T=0', 'T=1'] as const)('always answers a status word, never an internal error (%s)', (protocol) => {
    fc.assert(
      fc.property(commands, (sequence) => {
        const { card, send } = fixtureCard({}, { protocol });
        send(SELECT_APPLET);
        send(`0020001110${pinBlock('1234')}`);
        for (const command of sequence) {
          const { response } = card.process(command);
          expect(response.length).toBeGreaterThanOrEqual(2);
          expect(response.length).toBeLessThanOrEqual(258);
          expect(toHex(response.subarray(-2))).toMatch(/^(?!6f00)(6[1-9a-f]|90)/);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('never gives a signature without a PIN', () => {
    fc.assert(
      fc.property(commands, (sequence) => {
        const { card, send } = fixtureCard(testPersonalization());
        send(SELECT_APPLET);
        for (const command of sequence) expect(card.process(command).keyOperations).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
