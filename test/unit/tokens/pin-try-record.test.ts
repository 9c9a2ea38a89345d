import { beforeEach, describe, expect, it } from 'vitest';
import { MiddlewareError, PinVerificationError } from '../../../src/core/errors.js';
import type { KnownRetryCounter } from '../../../src/tokens/pin-guard.js';
import { createPinTryRecord, type PinTryEnding, type PinTryRecord } from '../../../src/tokens/pin-try-record.js';
import { memoryRetryCounters, recordingHistory, type RecordingHistory } from '../../support/recording-history.js';

const token = 'card:0011';
const counter = (attemptsRemaining: number, reference = 0x11): KnownRetryCounter => ({
  reference,
  attemptsRemaining,
  blocked: attemptsRemaining === 0,
});
const ending = (before: number, result: PinTryEnding['result']): PinTryEnding => ({
  counter: counter(before),
  result,
  told: result instanceof PinVerificationError ? result.attemptsRemaining : undefined,
  purpose: 'sign',
});
const foreign = (attemptsBefore: number, attemptsRemaining: number): object => ({
  kind: 'foreign-pin-try',
  token,
  pinReference: 0x11,
  attemptsBefore,
  attemptsRemaining,
});

let history: RecordingHistory;
let memory: ReturnType<typeof memoryRetryCounters>;
let record: PinTryRecord;
/** As after a restart: what was remembered stays, the rest begins anew. */
const restart = (): void => {
  history = recordingHistory();
  record = createPinTryRecord({ token, history, memory });
};
beforeEach(() => {
  memory = memoryRetryCounters();
  restart();
});

describe('observed()', () => {
  it('is silent about a card that it sees for the first time', async () => {
    await record.observed([counter(2), counter(1, 0x83)]);
    expect(history.events).toEqual([]);
  });

  it('reports a fall once, also over a restart', async () => {
    await record.observed([counter(5)]);
    restart();
    await record.observed([counter(3)]);
    await record.observed([counter(3)]);
    expect(history.events).toEqual([foreign(5, 3)]);
  });

  it('keeps PINs apart', async () => {
    await record.observed([counter(5), counter(3, 0x83)]);
    await record.observed([counter(5), counter(2, 0x83)]);
    expect(history.events).toEqual([{ ...foreign(3, 2), pinReference: 0x83 }]);
  });

  it('takes a rise for a PIN that was verified or unblocked elsewhere', async () => {
    await record.observed([counter(1)]);
    await record.observed([counter(5)]);
    await record.observed([counter(4)]);
    expect(history.events).toEqual([foreign(5, 4)]);
  });

  it('learns nothing from a card that is verified and does not tell', async () => {
    await record.observed([counter(5)]);
    await record.observed([{ reference: 0x11, attemptsRemaining: undefined, blocked: false }]);
    await record.observed([counter(5)]);
    expect(history.events).toEqual([]);
  });

  it('tells the history first, so that a failure there is told again', async () => {
    await record.observed([counter(5)]);
    history.failNext(new Error('disk full'));
    await expect(record.observed([counter(4)])).rejects.toThrow('disk full');
    await record.observed([counter(4)]);
    expect(history.events).toEqual([foreign(5, 4)]);
  });
});

describe('our own tries', () => {
  it('a wrong one is not foreign', async () => {
    await record.observed([counter(5)]);
    await record.begins(counter(5));
    await record.ended(ending(5, new PinVerificationError(0x11, 4)));
    await record.observed([counter(4)]);
    expect(history.events).toEqual([
      { kind: 'pin-try', token, pinReference: 0x11, outcome: 'wrong', attemptsRemaining: 4, purpose: 'sign' },
    ]);
  });

  it('a right one is taken to restore the highest count ever seen', async () => {
    await record.observed([counter(5)]);
    await record.begins(counter(2));
    await record.ended(ending(2, 'accepted'));
    await record.observed([counter(4)]);
    expect(history.events).toEqual([
      { kind: 'pin-try', token, pinReference: 0x11, outcome: 'accepted', purpose: 'sign' },
      foreign(5, 4),
    ]);
  });

  it('one that was announced and not sent leaves no trace', async () => {
    await record.observed([counter(5)]);
    await record.begins(counter(5));
    await record.withdrawn(counter(5));
    restart();
    await record.observed([counter(4)]);
    expect(history.events).toEqual([foreign(5, 4)]);
  });

  it('the one that blocks is told so', async () => {
    await record.begins(counter(1));
    await record.ended(ending(1, new PinVerificationError(0x11, 0)));
    expect(history.events).toMatchObject([{ outcome: 'blocked', attemptsRemaining: 0 }]);
  });

  it.each(['ERR_PIN_PAD_TIMEOUT', 'ERR_PIN_PAD_CANCELLED', 'ERR_PIN_PAD_REFUSED', 'ERR_PIN_MALFORMED'] as const)(
    'one that a keypad never sent is none: %s with the counter as it was',
    async (code) => {
      await record.observed([counter(5)]);
      await record.begins(counter(5));
      const left = await record.ended({ ...ending(5, new MiddlewareError(code, 'not sent')), told: 5 });
      expect(left).toBe(5);
      restart();
      await record.observed([counter(4)]);
      expect(history.events).toEqual([foreign(5, 4)]);
    },
  );

  it.each([
    ['ERR_PIN_PAD_FAILED', 5],
    ['ERR_PIN_PAD_CANCELLED', 4],
    ['ERR_PIN_PAD_CANCELLED', undefined],
  ] as const)('one that a keypad may have sent is written down: %s with %s left', async (code, told) => {
    await record.observed([counter(5)]);
    await record.begins(counter(5));
    await record.ended({ ...ending(5, new MiddlewareError(code, 'perhaps')), told });
    expect(history.events).toMatchObject([{ kind: 'pin-try', outcome: 'unknown' }]);
  });

  it.each([4, 5])('one that was cut off may have counted or not: %i left is not foreign', async (left) => {
    await record.observed([counter(5)]);
    await record.begins(counter(5));
    await record.ended(ending(5, new MiddlewareError('ERR_CARD_REMOVED', 'gone')));
    restart();
    await record.observed([counter(left)]);
    expect(history.events).toEqual([]);
  });

  it('one that was cut off hides no more than itself', async () => {
    await record.observed([counter(5)]);
    await record.begins(counter(5));
    await record.ended(ending(5, new MiddlewareError('ERR_CARD_REMOVED', 'gone')));
    await record.observed([counter(3)]);
    expect(history.events).toEqual([expect.objectContaining({ outcome: 'unknown' }), foreign(4, 3)]);
  });

  it.each([4, 5])('one that a crash cut off is written down afterwards, with %i left', async (left) => {
    await record.observed([counter(5)]);
    await record.begins(counter(5));
    restart();
    await record.observed([counter(left)]);
    await record.observed([counter(left)]);
    expect(history.events).toEqual([
      {
        kind: 'pin-try',
        token,
        pinReference: 0x11,
        outcome: 'unknown',
        attemptsRemaining: left,
        purpose: 'interrupted',
      },
    ]);
  });
});
