import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MiddlewareError } from '../../../src/core/errors.js';
import type { History, HistoryEntry } from '../../../src/model/history.js';
import type { PinChoice, PinOperationName } from '../../../src/model/pin-care.js';
import { createPinCare, type PinCare, type PreparedPin } from '../../../src/operations/pin-care.js';
import type { PinCodes } from '../../../src/operations/pin-operation.js';
import { commandsWithCodes } from '../../support/spent-codes.js';
import { createTokenBench, isWiped, secretOf, type InsertedCard, type TokenBench } from '../../support/token-bench.js';
import { testPin, testPuk, testSignaturePin } from '../../support/virtual-card-fixture.js';

const signal = new AbortController().signal;

let bench: TokenBench;
let history: Pick<History, 'recent'>;
let card: InsertedCard;
let care: PinCare;
beforeEach(async () => {
  bench = await createTokenBench();
  card = bench.insertNew('Reader');
  await bench.token('Reader');
  history = bench.history;
  care = createPinCare({ tokens: bench.registry, history: { recent: (limit) => history.recent(limit) } });
});
afterEach(() => bench.close());

const authentication: PinChoice = { role: 'authentication' };
const prepare = (operation: PinOperationName, choice: PinChoice = authentication): Promise<PreparedPin> =>
  care.prepare(operation, choice, signal);
const run = (prepared: PreparedPin, codes: PinCodes, lastTryConsent = false) =>
  prepared.run(codes, { lastTryConsent, signal });
const refusal = async (work: Promise<unknown>): Promise<MiddlewareError> => {
  const error: unknown = await work.then(
    () => new Error('it went well'),
    (failure: unknown) => failure,
  );
  if (error instanceof MiddlewareError) return error;
  throw error;
};
const spent = (): readonly string[] => commandsWithCodes(card.trace);
const tries = () => card.state().pins.map(({ triesLeft }) => triesLeft);
/** Uses tries of the card as another program would. */
const burn = (count: number, reference = '11'): void => {
  for (let time = 0; time < count; time += 1) card.send(`002000${reference}10${'39'.repeat(4)}${'00'.repeat(12)}`);
};

describe('prepare()', () => {
  it('names card and PIN, its tries read now, and the codes, without spending one', async () => {
    burn(1);
    card.trace.length = 0;
    const { question } = await prepare('change');
    expect(question).toMatchObject({
      operation: 'change',
      card: { label: 'Virtual IDPrime', reader: 'Reader', product: 'IDPrime 940' },
      pin: { reference: 0x11, role: 'authentication', attemptsRemaining: 4, blocked: false },
      atStake: 'PIN',
      lastTry: false,
      codes: ['current', 'next'],
      pinPad: false,
    });
    expect(spent()).toEqual([]);
  });

  it('asks which PIN is meant where a card has two, and takes role or reference', async () => {
    const ambiguous = await refusal(prepare('change', {}));
    const { info } = await bench.token('Reader');
    expect(ambiguous).toMatchObject({ code: 'ERR_PIN_AMBIGUOUS', fields: { card: info.id } });
    expect((await prepare('change', { role: 'signature' })).question.pin.reference).toBe(0x83);
    expect((await prepare('change', { reference: 0x83 })).question.pin.role).toBe('signature');
    expect((await refusal(prepare('change', { reference: 0x12 }))).code).toBe('ERR_TOKEN_KEY_NOT_FOUND');
    expect((await refusal(prepare('change', { reference: 0x11, role: 'signature' }))).code).toBe(
      'ERR_TOKEN_KEY_NOT_FOUND',
    );
  });

  it('takes the only blocked PIN for the one to unblock', async () => {
    burn(5);
    expect((await prepare('unblock', {})).question).toMatchObject({
      pin: { reference: 0x11, blocked: true, attemptsRemaining: 0 },
      codes: ['puk', 'next'],
      atStake: 'PUK',
      lastTry: false,
    });
  });

  it('refuses what no code could do: a blocked PIN', async () => {
    burn(5);
    for (const operation of ['verify', 'change'] as const) {
      expect((await refusal(prepare(operation))).code).toBe('ERR_PIN_BLOCKED');
    }
  });

  it('says that the next try is the last', async () => {
    burn(4);
    expect((await prepare('verify')).question.lastTry).toBe(true);
  });

  it('finds a card by id, serial number in either case, and reader; among several it asks', async () => {
    const other = bench.insertNew('Other', { serial: Buffer.from('ABCDEF0123456789ABCDEF0123456789', 'hex') });
    const { info } = await bench.token('Other');
    expect(other.cardName).not.toBe(card.cardName);
    expect((await refusal(prepare('verify'))).code).toBe('ERR_TOKEN_AMBIGUOUS');
    for (const name of [info.id, info.serial, info.serial.toUpperCase(), 'Other']) {
      expect((await prepare('verify', { ...authentication, card: name })).question.card.id).toBe(info.id);
    }
    expect((await refusal(prepare('verify', { card: 'Nowhere' }))).code).toBe('ERR_TOKEN_NOT_FOUND');
  });

  it('says why there is nothing to choose from, and never passes over the card that is named', async () => {
    bench.hardware.addReader('Empty');
    await bench.entry('Empty', ({ state }) => state === 'absent');
    expect((await refusal(prepare('verify', { card: 'Empty' }))).code).toBe('ERR_CARD_ABSENT');
    bench.hardware.remove('Reader');
    await bench.entry('Reader', ({ state }) => state === 'absent');
    expect((await refusal(prepare('verify'))).code).toBe('ERR_CARD_ABSENT');
  });

  it('waits for a card that is just being read', async () => {
    bench.hardware.remove('Reader');
    await bench.entry('Reader', ({ state }) => state === 'absent');
    bench.hardware.insert('Reader', card.cardName);
    await bench.entry('Reader', ({ state }) => state === 'reading');
    expect((await prepare('verify')).question.pin.attemptsRemaining).toBe(5);
  });

  it('ends its wait for a card when the caller goes', async () => {
    bench.hardware.remove('Reader');
    await bench.entry('Reader', ({ state }) => state === 'absent');
    bench.hardware.armFault('Reader', { kind: 'silence', apdu: 1 });
    bench.hardware.insert('Reader', card.cardName);
    await bench.entry('Reader', ({ state }) => state === 'reading');
    const caller = new AbortController();
    const waiting = refusal(care.prepare('verify', authentication, caller.signal));
    caller.abort();
    expect((await waiting).code).toBe('ERR_ABORTED');
  });
});

describe('run()', () => {
  it('verifies: a right PIN is right and costs nothing', async () => {
    burn(1);
    const pin = secretOf(testPin);
    card.trace.length = 0;
    expect(await run(await prepare('verify'), { current: pin })).toEqual({
      before: { attemptsRemaining: 4, blocked: false },
      after: { attemptsRemaining: 5, blocked: false },
    });
    expect([isWiped(pin), spent().length]).toEqual([true, 1]);
  });

  it('changes one PIN and leaves the other as it was', async () => {
    const codes = { current: secretOf(testPin), next: secretOf('2468') };
    expect(await run(await prepare('change'), codes)).toMatchObject({ after: { attemptsRemaining: 5 } });
    expect([isWiped(codes.current), isWiped(codes.next)]).toEqual([true, true]);
    await run(await prepare('verify'), { current: secretOf('2468') });
    await run(await prepare('verify', { role: 'signature' }), { current: secretOf(testSignaturePin) });
    expect((await refusal(run(await prepare('verify'), { current: secretOf(testPin) }))).code).toBe('ERR_PIN_WRONG');
  });

  it('says of a wrong PIN what is left, what it was, and that nothing was changed', async () => {
    const codes = { current: secretOf('9999'), next: secretOf('2468') };
    const { code, fields } = await refusal(run(await prepare('change'), codes));
    expect({ code, ...fields }).toMatchObject({
      code: 'ERR_PIN_WRONG',
      attemptsRemaining: 4,
      attemptsBefore: 5,
      operation: 'change',
      pinEffect: 'none',
    });
    expect([isWiped(codes.current), isWiped(codes.next)]).toEqual([true, true]);
    expect(tries()).toEqual([4, 3]);
  });

  it('sends no last try without consent, and wipes the code', async () => {
    burn(4);
    const prepared = await prepare('verify');
    const pin = secretOf(testPin);
    card.trace.length = 0;
    expect((await refusal(run(prepared, { current: pin }))).code).toBe('ERR_PIN_LAST_TRY');
    expect([isWiped(pin), spent(), tries()[0]]).toEqual([true, [], 1]);
    expect(await run(await prepare('verify'), { current: secretOf(testPin) }, true)).toMatchObject({
      after: { attemptsRemaining: 5 },
    });
  });

  it('sends nothing when somebody else has used a try meanwhile', async () => {
    const prepared = await prepare('verify');
    burn(1);
    card.trace.length = 0;
    expect((await refusal(run(prepared, { current: secretOf(testPin) }))).code).toBe('ERR_PIN_COUNTER_FELL');
    expect(spent()).toEqual([]);
  });

  it('unblocks with the PUK, and remembers what a wrong PUK left', async () => {
    burn(5);
    const wrong = await refusal(run(await prepare('unblock'), { puk: secretOf('00000000'), next: secretOf('2468') }));
    expect({ code: wrong.code, ...wrong.fields }).toMatchObject({
      code: 'ERR_PUK_WRONG',
      attemptsRemaining: 4,
      pinEffect: 'none',
    });
    expect((await prepare('unblock')).question.pin.puk).toMatchObject({ attemptsRemembered: 4, blocked: false });
    const outcome = await run(await prepare('unblock'), { puk: secretOf(testPuk), next: secretOf('2468') });
    expect(outcome).toEqual({
      before: { attemptsRemaining: 0, blocked: true },
      after: { attemptsRemaining: 5, blocked: false },
    });
    expect((await prepare('unblock')).question.pin.puk?.attemptsRemembered).toBeUndefined();
    await run(await prepare('verify'), { current: secretOf('2468') });
  });

  it('asks for consent to the last try of a PUK that was remembered, since the card does not tell', async () => {
    for (let left = 4; left >= 1; left -= 1) {
      const codes = { puk: secretOf('00000000'), next: secretOf('2468') };
      const { fields } = await refusal(run(await prepare('unblock'), codes));
      expect(fields).toMatchObject({ attemptsRemaining: left });
    }
    const prepared = await prepare('unblock');
    expect(prepared.question.lastTry).toBe(true);
    card.trace.length = 0;
    const codes = { puk: secretOf('00000000'), next: secretOf('2468') };
    expect((await refusal(run(prepared, codes))).code).toBe('ERR_PIN_LAST_TRY');
    expect([spent(), isWiped(codes.puk), isWiped(codes.next)]).toEqual([[], true, true]);
    const last = await refusal(
      run(await prepare('unblock'), { puk: secretOf('00000000'), next: secretOf('2468') }, true),
    );
    expect(last.code).toBe('ERR_PUK_BLOCKED');
  });

  it('refuses codes of the wrong form before the card, and wipes them', async () => {
    const prepared = await prepare('change');
    card.trace.length = 0;
    const codes = { current: secretOf(testPin), next: secretOf('12') };
    expect((await refusal(run(prepared, codes))).code).toBe('ERR_PIN_MALFORMED');
    expect([spent(), isWiped(codes.current), isWiped(codes.next)]).toEqual([[], true, true]);
    const unblocking = await prepare('unblock');
    const puk = { puk: secretOf('1'), next: secretOf('2468') };
    expect((await refusal(run(unblocking, puk))).code).toBe('ERR_PUK_MALFORMED');
  });

  it('lets one operation at a time through to a card; the other ends at once, its codes wiped', async () => {
    const [one, two] = [await prepare('verify'), await prepare('verify')];
    const first = run(one, { current: secretOf(testPin) });
    const pin = secretOf(testPin);
    expect((await refusal(run(two, { current: pin }))).code).toBe('ERR_PIN_OPERATION_RUNNING');
    expect(isWiped(pin)).toBe(true);
    expect(await first).toMatchObject({ after: { attemptsRemaining: 5 } });
    await run(await prepare('verify'), { current: secretOf(testPin) });
  });

  it('gives up while it waits for its turn, and spends nothing', async () => {
    const prepared = await prepare('verify');
    const caller = new AbortController();
    const pin = secretOf(testPin);
    card.trace.length = 0;
    const running = refusal(prepared.run({ current: pin }, { lastTryConsent: false, signal: caller.signal }));
    caller.abort();
    expect(await running).toMatchObject({ code: 'ERR_ABORTED', fields: { pinEffect: 'none' } });
    expect([isWiped(pin), spent()]).toEqual([true, []]);
  });

  it('tells what is known when the card is pulled at each command of a change', async () => {
    const seen: string[] = [];
    for (const kind of ['remove-before', 'remove-during', 'remove-after'] as const) {
      for (let apdu = 1; apdu <= 5; apdu += 1) {
        const [current, next] = pinNow() === testPin ? [testPin, '2468'] : ['2468', testPin];
        const prepared = await prepare('change');
        bench.hardware.armFault('Reader', { kind, apdu });
        const result = await run(prepared, { current: secretOf(current), next: secretOf(next) }).then(
          ({ problem }) => `done${problem === undefined ? '' : ` but ${problem.code}`}`,
          (error: unknown) => {
            if (!(error instanceof MiddlewareError)) throw error;
            return `${error.code} ${String(error.fields['pinEffect'])}`;
          },
        );
        const changed = pinNow() === next;
        seen.push(`${kind} ${apdu}: ${result}, ${changed ? 'changed' : 'unchanged'}`);
        if (result.startsWith('done')) expect(changed).toBe(true);
        if (result.endsWith('none')) expect(changed).toBe(false);
        await bench.entry('Reader', ({ state }) => state === 'absent' || state === 'ready');
        bench.hardware.clearFaults('Reader');
        bench.hardware.remove('Reader');
        await bench.entry('Reader', ({ state }) => state === 'absent');
        bench.hardware.insert('Reader', card.cardName);
        await bench.entry('Reader', ({ state }) => state === 'ready');
        expect(tries()).toEqual([5, 3]);
      }
    }
    expect(seen.filter((line) => line.includes('unknown')).length).toBeGreaterThan(0);
    expect(seen.filter((line) => line.includes('done but ERR_CARD_REMOVED')).length).toBeGreaterThan(0);
    expect(seen.filter((line) => line.includes('none')).length).toBeGreaterThan(0);
  }, 30_000);

  const pinNow = (): string => {
    const value = card.state().pins[0]?.value ?? new Uint8Array();
    return Buffer.from(value).toString('latin1').replaceAll('\0', '');
  };
});

describe('list()', () => {
  it('reads every counter of every card now, and tells of the tries of others with their time', async () => {
    burn(2);
    history = {
      recent: () =>
        Promise.resolve([
          entry(1, {
            kind: 'pin-try',
            token: bench.registry.entries[0]!.token!.info.id,
            pinReference: 0x11,
            outcome: 'accepted',
            purpose: 'sign',
          }),
          entry(2, {
            kind: 'foreign-pin-try',
            token: bench.registry.entries[0]!.token!.info.id,
            pinReference: 0x11,
            attemptsBefore: 5,
            attemptsRemaining: 4,
            programs: ['pkcs11-tool (77)'],
          }),
          entry(3, {
            kind: 'foreign-pin-try',
            token: 'card:other',
            pinReference: 0x11,
            attemptsBefore: 5,
            attemptsRemaining: 1,
          }),
        ]),
    };
    const cards = await care.list(signal);
    expect(cards).toHaveLength(1);
    expect(cards[0]?.pins).toMatchObject([
      {
        reference: 0x11,
        attemptsRemaining: 3,
        blocked: false,
        lastAcceptedAt: '2026-01-02T03:04:01.000Z',
        foreignTries: [
          {
            time: '2026-01-02T03:04:02.000Z',
            attemptsBefore: 5,
            attemptsRemaining: 4,
            programs: ['pkcs11-tool (77)'],
          },
        ],
      },
      { reference: 0x83, attemptsRemaining: 3, foreignTries: [] },
    ]);
  });

  it('leaves out empty readers, and says of a card that fails now why', async () => {
    bench.hardware.addReader('Empty');
    await bench.entry('Empty', ({ state }) => state === 'absent');
    bench.hardware.armFault('Reader', { kind: 'status-word', apdu: 1, statusWord: '6f00' });
    const [only, ...others] = await care.list(signal);
    expect(others).toEqual([]);
    expect(only?.problem?.code).toMatch(/^ERR_CARD_/);
    expect(only?.pins.map(({ reference, attemptsRemaining }) => [reference, attemptsRemaining])).toEqual([
      [0x11, undefined],
      [0x83, undefined],
    ]);
  });
});

function entry(second: number, event: HistoryEntry['event']): HistoryEntry {
  return { sequence: second, time: `2026-01-02T03:04:0${second}.000Z`, event, previous: '' };
}
