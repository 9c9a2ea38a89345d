import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  endOfLocalDay,
  ladderOf,
  localDay,
  nextRungAt,
  thresholdOf,
  urgencyOf,
} from '../../../src/model/expiry-ladder.js';

const day = 86_400_000;
const at = (text: string): number => new Date(text).getTime();

beforeAll(() => {
  process.env['TZ'] = 'Europe/Stockholm';
});

const values = (notBefore: number | undefined, notAfter: number): readonly number[] =>
  ladderOf(notBefore, notAfter).map(({ threshold }) => threshold.value);

const start = fc.integer({ min: at('2020-01-01'), max: at('2040-01-01') });
const life = fc.oneof(fc.integer({ min: 0, max: 70 * day }), fc.integer({ min: 0, max: 4000 * day }));

describe('ladderOf()', () => {
  it('has all day thresholds for a certificate of years, and for an end without a beginning', () => {
    expect(values(at('2025-01-01'), at('2027-01-01'))).toEqual([90, 60, 30, 14, 7, 3, 1, 0]);
    expect(values(undefined, at('2027-01-01'))).toEqual([90, 60, 30, 14, 7, 3, 1, 0]);
  });

  it('warns nobody of 90 days of a certificate that lives 14, and of none that is more than half of a life', () => {
    expect(ladderOf(0, 14 * day).map(({ threshold }) => threshold)).toEqual([
      { kind: 'share', value: 50 },
      { kind: 'share', value: 25 },
      { kind: 'share', value: 10 },
      { kind: 'share', value: 0 },
    ]);
    expect(values(0, 60 * day)).toEqual([50, 25, 10, 5, 0]);
    expect(values(0, 61 * day)).toEqual([30, 14, 7, 3, 1, 0]);
    expect(values(0, 100 * day)).toEqual([30, 14, 7, 3, 1, 0]);
    expect(values(0, 179 * day)).toEqual([60, 30, 14, 7, 3, 1, 0]);
  });

  it('warns once before the end of a life of a day, and never before one of no time at all', () => {
    expect(values(0, day)).toEqual([50, 0]);
    expect(values(0, 0)).toEqual([0]);
    expect(values(day, 0)).toEqual([0]);
  });

  it('goes up in time and down in value, and never has two thresholds on one local day before the end', () => {
    fc.assert(
      fc.property(start, life, (notBefore, length) => {
        const rungs = ladderOf(notBefore, notBefore + length);
        const isShortest = length < 3 * day;
        rungs.slice(1).forEach((rung, index) => {
          const before = rungs[index];
          if (before === undefined) throw new Error('no rung');
          expect(rung.at).toBeGreaterThan(before.at);
          expect(rung.threshold.value).toBeLessThan(before.threshold.value);
          if (!isShortest) expect(localDay(rung.at)).toBeGreaterThan(localDay(before.at));
        });
        expect(rungs.at(-1)?.at).toBe(notBefore + length + 1);
      }),
    );
  });

  it('warns of nothing that has not begun, and first when half of its life at most is left', () => {
    fc.assert(
      fc.property(start, life, (notBefore, length) => {
        const first = ladderOf(notBefore, notBefore + length)[0];
        // A local day of grace: thresholds in days begin at midnight, and a day may have 25 hours.
        expect(first?.at).toBeGreaterThanOrEqual(notBefore + length / 2 - 25 * 3_600_000);
      }),
    );
  });
});

describe('thresholdOf()', () => {
  const end = at('2027-04-02T15:30:00+02:00');
  const begin = at('2025-04-02T15:30:00+02:00');

  it.each([
    ['2027-01-01T23:59:59+01:00', undefined],
    ['2027-01-02T00:00:00+01:00', 90],
    ['2027-03-02T23:59:59+01:00', 60],
    ['2027-03-03T00:00:00+01:00', 30],
    ['2027-03-31T12:00:00+02:00', 3],
    ['2027-04-01T00:00:00+02:00', 1],
    ['2027-04-02T15:30:00+02:00', 1],
    ['2027-04-02T15:30:00.001+02:00', 0],
    ['2030-01-01T00:00:00+01:00', 0],
  ])('counts local calendar days over the change to summer time: %s is %j', (now, value) => {
    expect(thresholdOf(begin, end, at(now))?.value).toBe(value);
  });

  it('has a certificate that ends at one tomorrow night a day left, not none', () => {
    const soon = at('2027-04-03T01:00:00+02:00');
    const now = at('2027-04-02T23:30:00+02:00');
    expect(localDay(soon) - localDay(now)).toBe(1);
    expect(thresholdOf(begin, soon, now)).toEqual({ kind: 'days', value: 1 });
  });

  it('never takes a threshold back as time goes on, and agrees with what is said to be next', () => {
    fc.assert(
      fc.property(
        start,
        life,
        fc.array(fc.double({ min: -0.2, max: 1.2, noNaN: true })),
        (notBefore, length, parts) => {
          const notAfter = notBefore + length;
          let last = Infinity;
          for (const part of parts.toSorted((a, b) => a - b)) {
            const now = notBefore + Math.floor(length * part);
            const value = thresholdOf(notBefore, notAfter, now)?.value ?? Infinity;
            expect(value).toBeLessThanOrEqual(last);
            last = value;
            const next = nextRungAt(notBefore, notAfter, now);
            if (next === undefined) expect(value).toBe(0);
            else {
              expect(thresholdOf(notBefore, notAfter, next - 1)?.value ?? Infinity).toBe(value);
              expect(thresholdOf(notBefore, notAfter, next)?.value).toBeLessThan(value);
            }
          }
        },
      ),
    );
  });

  it('counts over from the moment after the last one that counts', () => {
    fc.assert(
      fc.property(start, life, (notBefore, length) => {
        const notAfter = notBefore + length;
        expect(thresholdOf(notBefore, notAfter, notAfter)?.value).not.toBe(0);
        expect(thresholdOf(notBefore, notAfter, notAfter + 1)?.value).toBe(0);
      }),
    );
  });
});

describe('urgencyOf()', () => {
  it.each([
    [undefined, 200, 'fine'],
    [{ kind: 'days', value: 90 }, 80, 'soon'],
    [{ kind: 'days', value: 14 }, 9, 'soon'],
    [{ kind: 'days', value: 7 }, 5, 'urgent'],
    [{ kind: 'share', value: 50 }, 7, 'soon'],
    [{ kind: 'share', value: 50 }, 1, 'urgent'],
    [{ kind: 'share', value: 10 }, 2, 'urgent'],
    [{ kind: 'days', value: 0 }, 0, 'past'],
    [{ kind: 'share', value: 0 }, -4, 'past'],
  ] as const)('%j with %d days left is %s', (threshold, daysLeft, urgency) => {
    expect(urgencyOf(threshold, daysLeft)).toBe(urgency);
  });
});

describe('endOfLocalDay()', () => {
  it('is the last moment of the day here, also of one with 23 hours', () => {
    expect(new Date(endOfLocalDay('2027-03-28')).toISOString()).toBe('2027-03-28T21:59:59.999Z');
    expect(new Date(endOfLocalDay('2027-12-31')).toISOString()).toBe('2027-12-31T22:59:59.999Z');
  });
});
