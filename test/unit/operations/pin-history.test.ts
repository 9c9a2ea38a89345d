import { describe, expect, it } from 'vitest';
import type { HistoryEntry, HistoryEvent } from '../../../src/model/history.js';
import { pastOf } from '../../../src/operations/pin-history.js';

const token = 'card:0011';
const entries = (...events: readonly HistoryEvent[]): HistoryEntry[] =>
  events.map((event, index) => ({
    sequence: index + 1,
    time: `2026-01-01T00:00:0${index}.000Z`,
    event,
    previous: '',
  }));
const accepted: HistoryEvent = { kind: 'pin-try', token, pinReference: 0x11, outcome: 'accepted', purpose: 'sign' };
const used: HistoryEvent = { kind: 'foreign-use', token, what: 'pin', programs: ['pkcs15-tool'] };

describe('pastOf()', () => {
  it('tells that another program used the PIN since it was last right with us', () => {
    expect(pastOf(entries(accepted, used), token, 0x11).foreignUse).toEqual({
      time: '2026-01-01T00:00:01.000Z',
      programs: ['pkcs15-tool'],
    });
  });

  it('forgets that when the PIN has been right with us again', () => {
    expect(pastOf(entries(used, accepted), token, 0x11).foreignUse).toBeUndefined();
  });

  it('takes neither other cards nor changed contents for it', () => {
    const others: HistoryEvent[] = [
      { ...used, token: 'card:other' },
      { ...used, what: 'contents' },
    ];
    expect(pastOf(entries(...others), token, 0x11).foreignUse).toBeUndefined();
  });
});
