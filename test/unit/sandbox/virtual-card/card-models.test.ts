import { createHash, createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeTlv, findTlv, parseTlvs } from '../../../../src/core/ber-tlv.js';
import { concatBytes, fromHex, toHex } from '../../../../src/core/bytes.js';
import { cardModels, keyReferenceOf, type CardModelName } from '../../../../src/sandbox/virtual-card/card-models.js';
import { decodeCardState, encodeCardState } from '../../../../src/sandbox/virtual-card/card-state-codec.js';
import { personalize } from '../../../../src/sandbox/virtual-card/personalize.js';
import { readCardFile } from '../../../support/idprime-writer.js';
import {
  ascii,
  fixtureCard,
  pinBlock,
  SELECT_APPLET,
  testPeople,
  testPersonalization,
  type FixtureCard,
} from '../../../support/virtual-card-fixture.js';

const names = Object.keys(cardModels) as CardModelName[];
const unpadded = (pin: string): string => Buffer.from(pin).toString('hex');
const hex = (value: number): string => value.toString(16).padStart(2, '0');
const isPadded = (model: CardModelName): boolean => cardModels[model].pinBlock === 'padded';

function selected(overrides: Parameters<typeof fixtureCard>[0]): FixtureCard {
  const fixture = fixtureCard(overrides);
  expect(fixture.send(SELECT_APPLET)).toBe('9000');
  return fixture;
}

const verifyPin = (model: CardModelName, pin: string): string =>
  isPadded(model) ? `0020001110${pinBlock(pin)}` : `00200011${hex(pin.length)}${unpadded(pin)}`;

describe('cardModels', () => {
  it.each(names.filter((name) => toHex(cardModels[name].atr).startsWith('3bff')))(
    'has a check byte over the answer to reset where T=1 wants one (%s)',
    (name) => {
      const [, ...rest] = cardModels[name].atr;
      expect(rest.reduce((sum, byte) => sum ^ byte, 0)).toBe(0);
      expect(cardModels[name].protocol).toBe('T=1');
    },
  );

  it.each(names)('tells cards apart by chip number and shows its own level in 45 bytes (%s)', (model) => {
    const [one, other] = [selected({ model }), selected({ model })];
    const lifeCycle = one.send('00ca9f7f2d');
    expect(lifeCycle).toMatch(/^9f7f2a[0-9a-f]{84}9000$/);
    expect(lifeCycle.slice(22, 24)).toBe(hex(cardModels[model].lifeCycleLevel));
    expect(one.send('00ca9f7f2d')).toBe(lifeCycle);
    expect(other.send('00ca9f7f2d')).not.toBe(lifeCycle);
  });

  it.each(names)('finds and uses the key where its kind has it (%s)', (model) => {
    const fixture = selected({ model });
    expect(fixture.send(verifyPin(model, '1234'))).toBe('9000');
    const reference = keyReferenceOf(cardModels[model], 0);
    const le = cardModels[model].protocol === 'T=1' ? '00' : '';
    expect(fixture.send(`002241b6068001428401${hex(reference)}`)).toBe('9000');
    const digest = createHash('sha256').update('text').digest('hex');
    expect(fixture.exchange(`002a90a0229020${digest}${le}`)).toEqual({ data: digest, sw: '9000' });
    const signature = fixture.exchange('002a9e9a00').data;
    const key = createPublicKey(fixture.rsa.privateKey);
    expect(verify('sha256', Buffer.from('text'), key, Buffer.from(signature, 'hex'))).toBe(true);
  });

  it('has the key map and PIN 83 on the 940 family only', () => {
    for (const model of names) {
      const is940 = ['940', '940c', 'etoken5110'].includes(model);
      const { send } = selected({ model });
      expect(send('00a4080c020005'), model).toBe(is940 ? '9000' : '6a82');
      expect(send('0020008300'), model).toBe(is940 ? '63c3' : '6a88');
    }
  });

  it('has no elliptic-curve keys before the 840', () => {
    for (const model of ['md830', '3810'] as const) {
      const certificates = [testPeople().p256];
      expect(() => personalize(testPersonalization({ model, certificates }))).toThrow(/no such keys/);
      const { send } = selected({ model });
      send(verifyPin(model, '1234'));
      expect(send('0047000008ac06800111840160'), model).toBe('6a81');
    }
  });
});

describe('keyReferenceOf()', () => {
  const references = (model: CardModelName): string[] =>
    [0, 1, 2].map((container) => hex(keyReferenceOf(cardModels[model], container)));

  it('follows the rule of each kind', () => {
    expect(Object.fromEntries(names.map((name) => [name, references(name).join(' ')]))).toEqual({
      '940': '56 57 58',
      '940c': '56 57 58',
      etoken5110: '56 57 58',
      md840: 'f7 f8 f9',
      md830: '41 42 43',
      '3810': '31 32 33',
      '930': '11 13 15',
      '930plus': '10 12 14',
    });
  });

  it('agrees with the life-cycle level where that is possible, and wraps at 256', () => {
    for (const name of ['940', '940c', 'etoken5110', 'md840', '3810'] as const) {
      const at = (rule: 'by-type' | 'by-life-cycle'): number[] =>
        [0, 1, 8, 9].map((container) => keyReferenceOf(cardModels[name], container, rule));
      expect(at('by-life-cycle'), name).toEqual(at('by-type'));
    }
    expect(keyReferenceOf(cardModels.md840, 9)).toBe(0x00);
  });

  it('lays keys where older readers look when the card is made that way', () => {
    const state = personalize(testPersonalization({ model: 'md830', keyRule: 'by-life-cycle' }));
    expect(state.keys.map(({ reference }) => reference)).toEqual([0x11]);
  });
});

describe('a PIN without padding', () => {
  const card = (): FixtureCard => selected({ model: '930' });

  it('is verified alone; padded it is a wrong one', () => {
    const { send } = card();
    expect(send('00200011' + '04' + unpadded('1234'))).toBe('9000');
    expect(send(`0020001110${pinBlock('1234')}`)).toBe('63c4');
    expect(send('00200011' + '05' + unpadded('12345'))).toBe('63c3');
    expect(send('00200011' + '04' + unpadded('1234'))).toBe('9000');
  });

  it('is changed with the old one right before the new one', () => {
    const { send } = card();
    expect(send(`0024001109${unpadded('9999' + '56789')}`)).toBe('63c4');
    expect(send(`0024001109${unpadded('1234' + '56789')}`)).toBe('9000');
    expect(send('00200011' + '05' + unpadded('56789'))).toBe('9000');
    expect(send(`0024001107${unpadded('5678912')}`)).toBe('6700');
    expect(send(`0024001108${unpadded('56789123')}`)).toBe('6a80');
    expect(send('0020001100')).toBe('63c5');
    expect(send('0024001120' + pinBlock('56789') + pinBlock('1234'))).toBe('6a80');
    expect(send('00200011' + '05' + unpadded('56789'))).toBe('9000');
  });

  it('is set with the PUK, which has no padding either', () => {
    const { send } = card();
    expect(send(`002c00110c${unpadded('87654321' + '4321')}`)).toBe('63c4');
    expect(send(`002c00110c${unpadded('12345678' + '4321')}`)).toBe('9000');
    expect(send('00200011' + '04' + unpadded('4321'))).toBe('9000');
  });
});

describe('getPinObject()', () => {
  it('tells the tries of both PINs, and nothing about others', () => {
    const { exchange, send } = selected({});
    send(`0020008310${pinBlock('9999')}`);
    expect(exchange('00cb00ff05a003830183')).toEqual({
      data: 'a01f8301838c04000000039c0400000002df210400ffa504df2702ffffdf280110',
      sw: '9000',
    });
    expect(exchange('00cb00ff05a003830111').data).toContain('9c0400000005');
    expect(send('00cb00ff05a003830112')).toBe('6a88');
    expect(send('00cb00ff05a103830111')).toBe('6a80');
    expect(send('00cb3fff05a003830111')).toBe('6a86');
  });
});

describe('decodeCardState()', () => {
  it('takes what was saved before there were models for a 940 with a new admin key', () => {
    const state = personalize(testPersonalization());
    const isNew = (tag: number): boolean => [0x80, 0x82, 0x83, 0xe5].includes(tag);
    const kept = parseTlvs(findTlv(encodeCardState(state), 0xe0)!).filter(({ tag }) => !isNew(tag));
    const version = encodeTlv(0x80, Uint8Array.of(0, 0, 0, 1));
    const old = encodeTlv(0xe0, concatBytes(version, ...kept.map(({ tag, value }) => encodeTlv(tag, value))));
    expect(decodeCardState(old)).toEqual(state);
  });

  it.each([
    ['a model that nobody knows', 0x82, Buffer.from('941')],
    ['an unknown write profile', 0x83, Uint8Array.of(15, 3)],
    ['an admin key of another length', 0xe5, fromHex('8003000505 8110' + '00'.repeat(16))],
    ['more admin tries than there are', 0xe5, fromHex('8003000506 8118' + '00'.repeat(24))],
  ])('refuses %s', (_, tag, value) => {
    const parts = parseTlvs(findTlv(encodeCardState(personalize(testPersonalization())), 0xe0)!);
    const damaged = parts.map((part) => encodeTlv(part.tag, part.tag === tag ? value : part.value));
    expect(() => decodeCardState(encodeTlv(0xe0, concatBytes(...damaged)))).toThrow(
      expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }),
    );
  });
});

describe('encodeCardState()', () => {
  it('keeps model, limits and admin key', () => {
    const adminKey = new Uint8Array(32).fill(7);
    const options = { model: 'md840', adminKey, containers: 3, capacity: 'full', writing: 'never' } as const;
    const state = personalize(testPersonalization(options));
    const again = decodeCardState(encodeCardState(state));
    expect(again).toEqual(state);
    expect(again.capacity).toBe(state.files.reduce((sum, { content }) => sum + content.length, 0));
  });
});

describe('personalize()', () => {
  it('lays a key elsewhere where a key map can say so', () => {
    const certificates = [{ ...testPeople().rsa, keyReference: 0x5e }];
    const fixture = selected({ certificates, cacheFileSize: 14 });
    expect(readCardFile(fixture.exchange, '0005').toString('hex', 0, 8)).toBe('015e000000000001');
    expect(fixture.send('002241b60680014284015e')).toBe('9000');
    expect(fixture.send('002241b606800142840156')).toBe('6a88');
    expect(readCardFile(fixture.exchange, '0202')).toHaveLength(14);
    expect(() => personalize(testPersonalization({ model: 'md840', certificates }))).toThrow(/no key map/);
  });

  it.each([
    ['a PIN 83 on a model without', { model: 'md840', signaturePin: ascii('567890') }],
    ['an admin key of another length', { adminKey: new Uint8Array(16) }],
    ['more certificates than containers', { containers: 2 }],
    ['more containers than a card has', { containers: 16 }],
    ['files beyond the capacity', { capacity: 100 }],
  ] as const)('refuses %s', (_, overrides) => {
    expect(() => personalize(testPersonalization(overrides))).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
  });
});
