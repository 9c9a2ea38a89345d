import { describe, expect, it } from 'vitest';
import type { HistoryEntry, HistoryEvent } from '../../../src/model/history.js';
import { cardsPast, pastLines, readCardsPast } from '../../../src/tui/shell/card-past.js';
import { ScriptedDaemon } from '../../support/scripted-daemon.js';

const token = 'card:0001';
const use: HistoryEvent = { kind: 'foreign-use', token, what: 'pin', programs: ['firefox'] };
const tried: HistoryEvent = {
  kind: 'foreign-pin-try',
  token,
  pinReference: 1,
  attemptsBefore: 3,
  attemptsRemaining: 2,
};
const right: HistoryEvent = { kind: 'pin-try', token, pinReference: 1, outcome: 'accepted', purpose: 'login' };

/** Entries as the daemon gives them: the first one here is the newest. */
const entries = (...events: readonly HistoryEvent[]): readonly HistoryEntry[] =>
  events.map((event, index) => ({
    sequence: 100 - index,
    time: `2026-11-${String(20 - index).padStart(2, '0')}T08:00:00.000Z`,
    event,
    previous: '0'.repeat(64),
  }));

describe('cardsPast()', () => {
  it('tells of each card the newest of each kind', () => {
    const other = { ...tried, token: 'card:0002', attemptsBefore: 5, attemptsRemaining: 4 };
    const past = cardsPast(entries(tried, other, { ...tried, attemptsBefore: 9 }, use, { ...use, what: 'contents' }));
    expect(past.get(token)?.tried).toMatchObject({ time: '2026-11-20T08:00:00.000Z', attemptsBefore: 3 });
    expect(past.get(token)?.used).toEqual({ time: '2026-11-17T08:00:00.000Z', programs: ['firefox'] });
    expect(past.get(token)?.changed?.time).toBe('2026-11-16T08:00:00.000Z');
    expect(past.get('card:0002')?.tried?.attemptsRemaining).toBe(4);
  });

  it('forgets a use once the PIN was right with us, and no sooner', () => {
    expect(cardsPast(entries(right, use)).get(token)).toBeUndefined();
    expect(cardsPast(entries(use, right)).get(token)?.used).toBeDefined();
    expect(cardsPast(entries({ ...right, token: 'card:0002' }, use)).get(token)?.used).toBeDefined();
    expect(cardsPast(entries({ ...right, outcome: 'wrong' }, use)).get(token)?.used).toBeDefined();
  });
});

describe('readCardsPast()', () => {
  it('asks for what is no older than thirty days', async () => {
    const daemon = new ScriptedDaemon().on('history.list', () => ({ entries: entries(use), more: false }));
    const past = await readCardsPast(daemon.client, Date.parse('2026-11-30T00:00:00.000Z'));
    expect(past.get(token)?.used).toBeDefined();
    const asked = {
      kinds: ['pin-try', 'foreign-pin-try', 'foreign-use'],
      from: '2026-10-31T00:00:00.000Z',
      limit: 500,
    };
    expect(daemon.calls).toEqual([`history.list ${JSON.stringify(asked)}`]);
  });
});

describe('pastLines()', () => {
  it('says what was done, by whom, when it was noticed, and what to do', () => {
    const past = cardsPast(entries(tried, use, { ...use, what: 'contents', programs: [] })).get(token) ?? {};
    const lines = pastLines(past, { language: 'en', color: false });
    expect(lines).toEqual([
      expect.stringMatching(/^Somebody else has used PIN tries: 3 became 2, noticed 2026-11-20 \d\d:\d\d/),
      expect.stringContaining('change the PIN and contact your helpdesk'),
      expect.stringMatching(/^Another program has used or changed the PIN, noticed .*firefox\. If the code is wrong/),
      expect.stringMatching(/^Another program changed the contents of the card, noticed 2026-11-18/),
    ]);
  });

  it('says nothing of a card that nobody touched', () => {
    expect(pastLines({}, { language: 'sv', color: false })).toEqual([]);
  });
});
