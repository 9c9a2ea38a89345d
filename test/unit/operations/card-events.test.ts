import { describe, expect, it } from 'vitest';
import { MiddlewareError } from '../../../src/core/errors.js';
import { cardEventOf, createCardEventSource, describeReaders } from '../../../src/operations/card-events.js';
import type { TokenEntry } from '../../../src/tokens/token-registry.js';
import type { Token } from '../../../src/tokens/token.js';

const format = { minLength: 4, maxLength: 8, characters: 'digits' } as const;

function tokenNamed(serial: string): Token {
  const unused = (): Promise<never> => Promise.reject(new Error('not for events'));
  return {
    info: {
      id: `card:${serial}`,
      product: 'TEST card',
      serial,
      label: 'TEST',
      reader: 'A',
      pins: [
        { reference: 0x11, role: 'authentication', format, pinPad: [] },
        { reference: 0x83, role: 'signature', format, pinPad: [] },
      ],
    },
    certificates: unused,
    retryCounters: unused,
    close: unused,
  };
}

const absent = (reader = 'A'): TokenEntry => ({ reader, state: 'absent' });
const reading = (reader = 'A'): TokenEntry => ({ reader, state: 'reading' });
const one = tokenNamed('01');
const two = tokenNamed('02');
const certificates: TokenEntry['certificates'] = [];
const ready = (token = one, attempts: readonly (number | undefined)[] = [5, 3]): TokenEntry => ({
  reader: 'A',
  state: 'ready',
  token,
  certificates,
  retryCounters: [0x11, 0x83].map((reference, index) => ({
    reference,
    attemptsRemaining: attempts[index],
    blocked: attempts[index] === 0,
  })),
});

/** What is told of a series of states, the first of which is known. */
const told = (...states: readonly (readonly TokenEntry[])[]): readonly string[] => {
  const source = createCardEventSource(states[0] ?? []);
  return states
    .slice(1)
    .flatMap((state) => source.follow(state))
    .map((event) => {
      const { kind, ...facts } = event;
      if (kind === 'card-ready' || kind === 'contents-changed')
        return `${kind} ${(facts as { card: { id: string } }).card.id}`;
      if (kind === 'card-removed') return `${kind} ${(facts as { token?: string }).token ?? 'stranger'}`;
      return [kind, ...('problem' in facts ? [facts.problem.code] : [])].join(' ');
    });
};

describe('createCardEventSource()', () => {
  it('tells of readers and of cards that come, are read and leave', () => {
    expect(told([], [absent()], [reading()], [ready()], [absent()], [])).toEqual([
      'reader-added',
      'card-inserted',
      'card-ready card:01',
      'card-removed card:01',
      'reader-removed',
    ]);
  });

  it('tells of a card that is already in when its reader comes, and of one that leaves with it', () => {
    expect(told([], [ready()], [])).toEqual([
      'reader-added',
      'card-inserted',
      'card-ready card:01',
      'card-removed card:01',
      'reader-removed',
    ]);
  });

  it('tells of a swap that was quicker than our look, even over the reading of the new card', () => {
    const swap = ['card-removed card:01', 'card-inserted', 'card-ready card:02'];
    expect(told([ready(one)], [ready(two)])).toEqual(swap);
    expect(told([ready(one)], [reading()], [ready(two)])).toEqual(swap);
  });

  it('takes a card that is read again for the same one', () => {
    expect(told([ready()], [reading()], [ready()])).toEqual(['card-ready card:01']);
  });

  it.each([
    ['unknown', undefined, 'ERR_CARD_UNKNOWN'],
    ['mute', undefined, 'ERR_CARD_MUTE'],
    ['unresponsive', undefined, 'ERR_CARD_UNRESPONSIVE'],
    ['failed', new MiddlewareError('ERR_CARD_RESPONSE', 'TEST'), 'ERR_CARD_RESPONSE'],
    ['failed', undefined, 'ERR_INTERNAL'],
  ] as const)('tells why a card that is %s cannot be used, once', (state, error, problem) => {
    const entry = (): TokenEntry => ({ reader: 'A', state, ...(error === undefined ? {} : { error }) });
    expect(told([absent()], [entry()], [entry()], [absent()])).toEqual([
      'card-inserted',
      `card-failed ${problem}`,
      'card-removed stranger',
    ]);
  });

  it('tells of each counter that changed, with what it was', () => {
    const source = createCardEventSource([ready(one, [5, 3])]);
    expect(source.follow([ready(one, [4, 3])])).toEqual([
      {
        kind: 'pin-counter',
        reader: 'A',
        token: 'card:01',
        pin: { reference: 0x11, role: 'authentication', attemptsRemaining: 4, blocked: false },
        attemptsBefore: 5,
      },
    ]);
    expect(source.follow([ready(one, [4, undefined])])).toMatchObject([
      { pin: { reference: 0x83 }, attemptsBefore: 3 },
    ]);
    const [known] = source.follow([ready(one, [4, 0])]);
    expect(known).toEqual({
      kind: 'pin-counter',
      reader: 'A',
      token: 'card:01',
      pin: { reference: 0x83, role: 'signature', attemptsRemaining: 0, blocked: true },
    });
  });

  it('tells of changed contents, and of nothing where nothing changed', () => {
    const before = ready();
    expect(told([before], [{ ...before, certificates: [] }])).toEqual(['contents-changed card:01']);
    expect(told([before], [before], [{ ...before }])).toEqual([]);
  });

  it('tells of a reader that is left alone once, and nothing of what is in it', () => {
    const skipped: TokenEntry = { reader: 'A', state: 'skipped', skipped: 'virtual' };
    expect(told([], [skipped], [skipped], [])).toEqual(['reader-added', 'reader-skipped', 'reader-removed']);
    expect(describeReaders([skipped])).toEqual([{ name: 'A', state: 'skipped', skipped: 'virtual' }]);
  });

  it('tells where a card is that is in two readers, and when it is told of here again', () => {
    const same: TokenEntry = { reader: 'A', state: 'same-card', sameAs: 'B' };
    const elsewhere: TokenEntry = { ...ready(), reader: 'B' };
    expect(told([absent()], [reading()], [same], [{ ...same }], [ready()], [same], [absent()])).toEqual([
      'card-inserted',
      'card-same',
      'card-ready card:01',
      'card-same',
      'card-removed card:01',
    ]);
    expect(describeReaders([same, elsewhere])[0]).toEqual({ name: 'A', state: 'same-card', sameAs: 'B' });
  });

  it('keeps readers apart', () => {
    expect(told([absent('A'), absent('B')], [absent('A'), reading('B')], [absent('B')])).toEqual([
      'card-inserted',
      'reader-removed',
      'card-removed stranger',
    ]);
  });
});

describe('describeReaders()', () => {
  it('tells what is in each reader', () => {
    expect(describeReaders([absent('A'), { ...ready(), reader: 'B' }, { reader: 'C', state: 'mute' }])).toEqual([
      { name: 'A', state: 'absent' },
      {
        name: 'B',
        state: 'ready',
        card: {
          id: 'card:01',
          product: 'TEST card',
          serial: '01',
          label: 'TEST',
          pins: [
            { reference: 0x11, role: 'authentication', attemptsRemaining: 5, blocked: false },
            { reference: 0x83, role: 'signature', attemptsRemaining: 3, blocked: false },
          ],
          certificateCount: 0,
        },
      },
      { name: 'C', state: 'mute', problem: { code: 'ERR_CARD_MUTE', fields: {} } },
    ]);
  });
});

describe('cardEventOf()', () => {
  it('passes on what other programs did, and nothing that the readers tell', () => {
    const foreign = {
      kind: 'foreign-pin-try',
      token: 'card:01',
      pinReference: 0x11,
      attemptsBefore: 5,
      attemptsRemaining: 4,
    } as const;
    expect(cardEventOf(foreign)).toBe(foreign);
    const use = { kind: 'foreign-use', token: 'card:01', what: 'pin' } as const;
    expect(cardEventOf(use)).toBe(use);
    expect(cardEventOf({ kind: 'inserted', reader: 'A' })).toBeUndefined();
  });
});
