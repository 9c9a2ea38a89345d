import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createApduExchange, type ApduExchange } from '../../../../src/cards/apdu-exchange.js';
import { readContents, readFreshness } from '../../../../src/cards/piv/contents.js';
import { encodeCertificateObject } from '../../../../src/cards/piv/certificate-object.js';
import { encodeTlv } from '../../../../src/core/ber-tlv.js';
import { concatBytes, fromHex, toHex } from '../../../../src/core/bytes.js';
import { isMiddlewareError, MiddlewareError } from '../../../../src/core/errors.js';
import { systemClock } from '../../../../src/core/ports.js';
import { getData, headReading, reading, scripted, type Pair } from './scripted-exchange.js';

const plain = { isYubiKey: false };
const certificate = (content: string): Uint8Array => encodeTlv(0x30, fromHex(content));
const object = (content: string): Uint8Array => encodeTlv(0x53, encodeCertificateObject(certificate(content)));
const absent = (tag: string): Pair => [getData(tag), '6a82'];
const main = ['5fc105', '5fc10a', '5fc10b', '5fc101'];
const noRetired: Pair[] = [absent('5fc10c'), absent('5fc10d')];
const history = (count: string): Uint8Array => fromHex(`530ac101${count}c20100f300fe00`);

async function contentsOf(pairs: readonly Pair[]) {
  const { card, exchange } = scripted(pairs);
  const contents = await readContents(exchange, plain);
  card.assertUsedUp();
  return { ...contents, count: exchange.count };
}

describe('readContents()', () => {
  it('of an empty card costs seven commands', async () => {
    const contents = await contentsOf([absent('7e'), ...main.map(absent), ...noRetired]);
    expect(contents).toMatchObject({ certificates: [], unreadable: [], label: undefined, count: 7 });
    expect(contents.pins).toMatchObject([
      {
        reference: 0x80,
        format: { minLength: 6, maxLength: 8, characters: 'digits' },
        block: { length: 8, pad: 0xff },
        puk: { reference: 0x81, readable: false },
      },
    ]);
  });

  it('tells what the key of each slot is for, and offers none that needs no PIN', async () => {
    const pairs = main.flatMap((tag, index) => reading(tag, object(`0201 0${index}`)));
    const { certificates } = await contentsOf([absent('7e'), ...pairs, ...noRetired]);
    const pin = 0x80;
    expect(certificates.map(({ name, key }) => [name, key])).toEqual([
      ['9a', { reference: 0x9a, pin, canSign: true, canDecipher: false, pinEachTime: false }],
      ['9c', { reference: 0x9c, pin, canSign: true, canDecipher: false, pinEachTime: true }],
      ['9d', { reference: 0x9d, pin, canSign: false, canDecipher: true, pinEachTime: false }],
      ['9e', undefined],
    ]);
  });

  it('binds the keys to the global PIN where the card prefers it', async () => {
    const discovery = fromHex('7e124f0ba0000003080000100001005f2f026020');
    const certificates = [...reading('5fc105', object('0500')), ...main.slice(1).map(absent)];
    const contents = await contentsOf([...reading('7e', discovery), ...certificates, ...noRetired]);
    expect([contents.pins[0]?.reference, contents.certificates[0]?.key?.pin]).toEqual([0x00, 0x00]);
  });

  it('reads as many retired certificates as the key history announces, over gaps', async () => {
    const retired = [...reading('5fc10d', object('0500')), absent('5fc10e'), ...reading('5fc10f', object('0101ff'))];
    const pairs = [absent('7e'), ...main.map(absent), ...reading('5fc10c', history('03')), ...retired];
    const { certificates } = await contentsOf(pairs);
    expect(certificates.map(({ name, key }) => [name, key?.canDecipher, key?.canSign])).toEqual([
      ['82', true, false],
      ['84', true, false],
    ]);
  });

  it('asks for no retired certificate where none is announced', async () => {
    await contentsOf([absent('7e'), ...main.map(absent), ...reading('5fc10c', history('00'))]);
  });

  it('reads twenty at most', async () => {
    const tags = Array.from({ length: 20 }, (_, index) => (0x5fc10d + index).toString(16));
    await contentsOf([absent('7e'), ...main.map(absent), ...reading('5fc10c', history('ff')), ...tags.map(absent)]);
  });

  it.each([
    ['is missing', absent('5fc10c')],
    ['makes no sense', [getData('5fc10c'), '5303c101059000'] as const],
    ['is another object', [getData('5fc10c'), '7e009000'] as const],
    ['is kept from us', [getData('5fc10c'), '6982'] as const],
  ])('reads retired certificates up to the first gap where the key history %s', async (what, pair) => {
    const retired = [...reading('5fc10d', object('0500')), absent('5fc10e')];
    const announcesFive = what === 'makes no sense' ? [absent('5fc10f'), absent('5fc110'), absent('5fc111')] : [];
    const { certificates } = await contentsOf([
      ...[absent('7e'), ...main.map(absent), pair],
      ...retired,
      ...announcesFive,
    ]);
    expect(certificates.map(({ name }) => name)).toEqual(['82']);
  });

  it.each([
    ['is rubbish', '5304deadbeef9000', 'ERR_CARD_RESPONSE'],
    ['is another object', '7e009000', 'ERR_CARD_RESPONSE'],
    ['is cut off', '53829000', 'ERR_CARD_RESPONSE'],
    ['needs a PIN', '6982', 'ERR_CARD_SECURITY_STATUS'],
  ])('names a certificate that %s and reads the others', async (_, answer, code) => {
    const others = [absent('5fc10a'), ...reading('5fc10b', object('0500')), absent('5fc101')];
    const contents = await contentsOf([absent('7e'), [getData('5fc105'), answer], ...others, ...noRetired]);
    expect(contents.unreadable).toMatchObject([{ name: '9a', error: { code } }]);
    expect(contents.certificates.map(({ name }) => name)).toEqual(['9d']);
  });

  it.each(['53009000', '6a88'])('takes an object that is answered %s for none', async (answer) => {
    const pairs = main.map((tag): Pair => [getData(tag), answer]);
    const contents = await contentsOf([absent('7e'), ...pairs, ...noRetired]);
    expect(contents).toMatchObject({ certificates: [], unreadable: [] });
  });

  it.each([0, 1, 2, 3, 4, 5, 6])('fails as command %i fails, and leaves nothing out silently', async (failing) => {
    const good = [absent('7e'), ...main.map(absent), ...noRetired];
    for (const answer of ['6f00', '6985', new MiddlewareError('ERR_CARD_REMOVED', 'gone')]) {
      const pairs = good.map(([command, fine], index): Pair => [command, index === failing ? answer : fine]);
      const expected = typeof answer === 'string' ? { code: 'ERR_CARD_STATUS' } : { code: 'ERR_CARD_REMOVED' };
      await expect(readContents(scripted(pairs.slice(0, failing + 1)).exchange, plain)).rejects.toMatchObject(expected);
    }
  });
});

describe('readFreshness()', () => {
  const long = object('00'.repeat(900));
  const of = (pairs: readonly Pair[], protocol: 'T=0' | 'T=1' = 'T=1') =>
    readFreshness(scripted(pairs, protocol).exchange);

  it('changes with either certificate', async () => {
    const other = object('01'.repeat(900));
    const seen = await Promise.all([
      of([headReading('5fc105', long), headReading('5fc10a', undefined)]),
      of([headReading('5fc105', other), headReading('5fc10a', undefined)]),
      of([headReading('5fc105', undefined), headReading('5fc10a', long)]),
      of([headReading('5fc105', long), headReading('5fc10a', other)]),
      of([headReading('5fc105', undefined), headReading('5fc10a', undefined)]),
      of([[getData('5fc105', '40'), '6982'], headReading('5fc10a', undefined)]),
    ]);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('is the same where a card answers more than it was asked for, or has to be asked twice', async () => {
    const expected = await of([headReading('5fc105', long), headReading('5fc10a', undefined)]);
    const whole: Pair = [getData('5fc105', '40'), `${toHex(long.subarray(0, 256))}6100`];
    expect(await of([whole, headReading('5fc10a', undefined)])).toBe(expected);
    const fetched: Pair[] = [
      ['00cb3fff055c035fc105', '6100'],
      ['00c0000040', `${toHex(long.subarray(0, 64))}6100`],
      ['00cb3fff055c035fc10a', '6a82'],
    ];
    expect(await of(fetched, 'T=0')).toBe(expected);
  });

  it.each([
    ['long and absent', long, undefined],
    ['short and long', object('0500'), long],
  ])('costs nothing right after the contents, and comes to the same (%s)', async (_, signIn, signature) => {
    const expected = await of([headReading('5fc105', signIn), headReading('5fc10a', signature)]);
    const read = [...reading('5fc105', signIn), ...reading('5fc10a', signature), ...main.slice(2).map(absent)];
    const { card, exchange } = scripted([absent('7e'), ...read, ...noRetired]);
    await readContents(exchange, plain);
    expect(await readFreshness(exchange)).toBe(expected);
    card.assertUsedUp();
  });

  it('is asked for anew once another command was sent after the contents', async () => {
    const { card, exchange } = scripted([
      ...[absent('7e'), ...main.map(absent), ...noRetired],
      ['0020008000', '9000'],
      headReading('5fc105', long),
      headReading('5fc10a', undefined),
    ]);
    await readContents(exchange, plain);
    await exchange.send({ cla: 0x00, ins: 0x20, p1: 0x00, p2: 0x80, le: 256 });
    expect(await readFreshness(exchange)).toBe(`${toHex(long.subarray(0, 64))}-6a82`);
    card.assertUsedUp();
  });

  it('takes a card that has less than it was asked for', async () => {
    const short = object('0500');
    const pairs: Pair[] = [
      [getData('5fc105', '40'), '6c0d'],
      [getData('5fc105', '0d'), `${toHex(short)}9000`],
      headReading('5fc10a', undefined),
    ];
    expect(await of(pairs)).toBe(`${toHex(short)}-6a82`);
  });

  it.each(['6f00', '6d00'])('fails by %s', async (answer) => {
    await expect(of([[getData('5fc105', '40'), answer]])).rejects.toMatchObject({ code: 'ERR_CARD_STATUS' });
  });
});

describe('any answers at all', () => {
  it('make readContents() and readFreshness() answer or fail typed', async () => {
    const garbage = fc.uint8Array({ maxLength: 300 });
    const answer = fc.oneof(
      garbage.map((bytes) => concatBytes(bytes, fromHex('9000'))),
      garbage.map((bytes) => concatBytes(encodeTlv(0x53, bytes), fromHex('9000'))),
      fc.uint8Array({ minLength: 1, maxLength: 3 }),
      fc.constantFrom('6a82', '6102', '6c08', '6982').map(fromHex),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 12 }), async (answers) => {
        let sent = 0;
        const exchange = createApduExchange(
          {
            protocol: 'T=1',
            transmit: () => Promise.resolve(answers[sent++ % answers.length]!.slice()),
            control: () => Promise.reject(new Error('unexpected')),
          },
          { clock: systemClock },
        );
        for (const work of [readFreshness, (one: ApduExchange) => readContents(one, plain)]) {
          try {
            await work(exchange);
          } catch (error) {
            if (!isMiddlewareError(error)) throw error;
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
