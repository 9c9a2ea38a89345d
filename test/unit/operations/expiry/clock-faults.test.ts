import { describe, expect, it } from 'vitest';
import { clockFaults, withClockSeen } from '../../../../src/operations/expiry/clock-faults.js';
import { insertedCards } from '../../../../src/operations/expiry/known-cards.js';
import { authorities, cardEntry, certificateInfo, dayMs, emptyState, hourMs } from '../../../support/expiry-cards.js';

const now = Date.UTC(2027, 0, 10);
const minute = 60_000;

const holding = (notBefore: number, caNotBefore = 0) =>
  insertedCards([cardEntry('1', [certificateInfo({ notBefore, notAfter: now + 900 * dayMs })])], {
    salt: '00',
    find: authorities({ fingerprint: 'aa', name: 'TEST CA', notBefore: caNotBefore, notAfter: now }),
    now,
  });

describe('clockFaults()', () => {
  it('finds a clock before the certificate on the card, or its CA, but for some minutes', () => {
    expect(clockFaults(emptyState, holding(now + 4 * minute), undefined, now)).toEqual([]);
    expect(clockFaults(emptyState, holding(now + hourMs), undefined, now)).toEqual([
      { problem: 'before-certificate', seconds: 3600, since: now },
    ]);
    expect(clockFaults(emptyState, holding(0, now + hourMs), undefined, now)).toMatchObject([
      { problem: 'before-certificate' },
    ]);
    expect(clockFaults(emptyState, [], undefined, now)).toEqual([]);
  });

  it('finds a clock before this program was written', () => {
    expect(clockFaults(emptyState, [], undefined, Date.UTC(2026, 9, 31))).toMatchObject([
      { problem: 'before-release', seconds: 86_400 },
    ]);
  });

  it('believes another computer’s time for a day, but for two minutes', () => {
    const skew = (byMs: number, at = now) =>
      clockFaults(emptyState, [], { byMs, at }, now).map(({ seconds }) => seconds);
    expect(skew(119_000)).toEqual([]);
    expect(skew(-119_000)).toEqual([]);
    expect(skew(121_000)).toEqual([121]);
    expect(skew(-3_600_000)).toEqual([-3600]);
    expect(skew(-3_600_000, now - dayMs)).toEqual([]);
  });
});

describe('withClockSeen()', () => {
  it('notes the time once an hour', () => {
    const state = withClockSeen(emptyState, now);
    expect(state.latest).toBe(now);
    expect(withClockSeen(state, now + 59 * minute)).toBe(state);
    expect(withClockSeen(state, now + hourMs).latest).toBe(now + hourMs);
  });

  it('notices a clock that went back, tells of it for a day, and then takes the time as it is', () => {
    const state = withClockSeen(emptyState, now);
    expect(withClockSeen(state, now - 9 * minute)).toBe(state);
    const back = withClockSeen(state, now - 3 * hourMs);
    expect(back).toMatchObject({ latest: now - 3 * hourMs, setBack: { at: now - 3 * hourMs, from: now } });
    expect(clockFaults(back, [], undefined, now)).toEqual([
      { problem: 'jumped-back', seconds: 10_800, since: now - 3 * hourMs },
    ]);
    const later = withClockSeen(back, now + 2 * dayMs);
    expect(later.setBack).toBeUndefined();
    expect(clockFaults(later, [], undefined, now + 2 * dayMs)).toEqual([]);
  });
});
