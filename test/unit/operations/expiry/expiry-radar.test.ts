import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExpiryWarning } from '../../../../src/model/expiry.js';
import type { ExpiryMemory } from '../../../../src/model/expiry-memory.js';
import {
  createExpiryRadar,
  type ExpiryRadar,
  type ExpiryRadarOptions,
} from '../../../../src/operations/expiry/expiry-radar.js';
import {
  authorities,
  cardEntry,
  certificateInfo,
  changingTokens,
  dayMs,
  hourMs,
  looseMemory,
  standingClock,
} from '../../../support/expiry-cards.js';
import { recordingLogger } from '../../../support/recording-logger.js';

process.env['TZ'] = 'Europe/Stockholm';
const end = new Date(2028, 3, 2, 12).getTime();
const begin = end - 700 * dayMs;
const certificate = certificateInfo({ notBefore: begin, notAfter: end });
const card = cardEntry('1', [certificate]);

let clock: ReturnType<typeof standingClock>;
let tokens: ReturnType<typeof changingTokens>;
let notices: (readonly ExpiryWarning[])[];
let announced: ExpiryWarning[];
let accepts: boolean;
let memory: ExpiryMemory;
let radar: ExpiryRadar | undefined;
let logger: ReturnType<typeof recordingLogger>;

beforeEach(() => {
  clock = standingClock(end - 40 * dayMs);
  tokens = changingTokens([card]);
  notices = [];
  announced = [];
  accepts = true;
  memory = looseMemory();
  logger = recordingLogger();
});
afterEach(async () => {
  await radar?.close();
  vi.useRealTimers();
});

function open(more: Partial<ExpiryRadarOptions> = {}): ExpiryRadar {
  radar = createExpiryRadar({
    tokens,
    findAuthorities: authorities(),
    relyingParties: () => [],
    actionFor: () => ({ kind: 'none' }),
    remember: true,
    memory,
    announce: (warning) => void announced.push(warning),
    notify: (warnings) => {
      notices.push(warnings);
      return Promise.resolve(accepts);
    },
    clock,
    logger,
    shownWithinMs: 0,
    ...more,
  });
  return radar;
}

const values = (): number[] => notices.flatMap((warnings) => warnings.map(({ threshold }) => threshold.value));

describe('createExpiryRadar()', () => {
  it('looks some time after its start, and never while a card is being read that may hold a newer certificate', async () => {
    tokens.put();
    await open().check();
    await radar?.close();
    memory = looseMemory({ ...memory.state });
    tokens.put(card);
    await open({ memory, notify: () => Promise.resolve(false) }).check();
    await radar?.close();
    notices = [];
    tokens.put({ reader: 'Reader 1', state: 'reading' });
    open({ firstLookMs: 0 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await radar?.check();
    expect(notices).toEqual([]);
    const renewed = certificateInfo({ notBefore: end - 45 * dayMs, notAfter: end + 700 * dayMs });
    tokens.put(cardEntry('1', [renewed]));
    await radar?.check();
    expect(notices).toEqual([]);
  });

  it('goes on when the card that was being read turns out to be of no use', async () => {
    await open({ notify: () => Promise.resolve(false) }).check();
    await radar?.close();
    tokens.put({ reader: 'Reader 1', state: 'reading' });
    open();
    tokens.put({ reader: 'Reader 1', state: 'unknown' });
    await radar?.check();
    expect(values()).toEqual([60]);
  });

  it('tells our own programs first and then the desktop, and once', async () => {
    const opened = open();
    await opened.check();
    await opened.check();
    expect(announced.map(({ threshold }) => threshold.value)).toEqual([60]);
    expect(values()).toEqual([60]);
    expect(notices[0]?.[0]?.finding).toMatchObject({ subject: 'certificate', name: 'Tolvan Tolvansson', daysLeft: 40 });
  });

  it('asks the desktop no more when one of our programs has shown it in time', async () => {
    const opened = open({
      announce: ({ finding }) => void opened.shown([finding.id]),
    });
    await opened.check();
    await opened.check();
    expect(values()).toEqual([]);
    clock.set(end - 20 * dayMs);
    await opened.check();
    expect(values()).toEqual([]);
  });

  it('keeps telling until somebody takes it, and remembers that over a restart', async () => {
    accepts = false;
    await open().check();
    clock.pass(hourMs);
    await radar?.check();
    expect(values()).toEqual([60, 60]);
    await radar?.close();
    accepts = true;
    await open().check();
    await radar?.close();
    await open().check();
    expect(values()).toEqual([60, 60, 60]);
  });

  it('repeats what it showed and could not remember, rather than lose it', async () => {
    const broken: ExpiryMemory = { state: memory.state, save: () => Promise.reject(new Error('disk full')) };
    await open({ memory: broken }).check();
    await radar?.close();
    await open().check();
    expect(values()).toEqual([60, 60]);
    expect(logger.lines.some(({ level }) => level === 'warn')).toBe(true);
  });

  it('catches up on months away with one warning, of the nearest threshold, and shows several ends in one notice', async () => {
    const other = certificateInfo({
      personId: '191313131313',
      name: 'Tretton',
      notBefore: begin,
      notAfter: end + dayMs,
    });
    tokens.put(cardEntry('1', [certificate, other]));
    clock.set(end - 300 * dayMs);
    await open().check();
    expect(values()).toEqual([]);
    clock.set(end - 2 * dayMs);
    await radar?.check();
    expect(notices).toHaveLength(1);
    expect(values()).toEqual([3, 3]);
  });

  it('looks when a card comes, and not when nothing of it is new', async () => {
    tokens.put();
    open();
    await radar?.check();
    expect(announced).toEqual([]);
    tokens.put(card);
    await radar?.check();
    expect(values()).toEqual([60]);
  });

  it('warns of a card that is not inserted any more', async () => {
    await open().check();
    tokens.put();
    clock.set(end - 10 * dayMs);
    await radar?.check();
    expect(values()).toEqual([60, 14]);
    expect(notices[1]?.[0]?.finding.card).toMatchObject({ inserted: false });
  });

  it('writes nobody down where nothing shall be remembered, and warns of what is inserted only', async () => {
    await open({ remember: false }).check();
    expect(values()).toEqual([60]);
    expect(JSON.stringify(memory.state)).not.toContain('Tolvan');
    tokens.put();
    clock.set(end - 10 * dayMs);
    await radar?.check();
    expect(values()).toEqual([60]);
    tokens.put(card);
    await radar?.check();
    expect(values()).toEqual([60, 14]);
  });

  it('is silent after a renewal, on the same card or on another', async () => {
    await open().check();
    const renewed = certificateInfo({ notBefore: end - 38 * dayMs, notAfter: end + 700 * dayMs });
    tokens.put(card, cardEntry('2', [renewed]));
    clock.set(end - 5 * dayMs);
    await radar?.check();
    tokens.put(card);
    clock.set(end + 5 * dayMs);
    await radar?.check();
    expect(values()).toEqual([60]);
    expect(radar?.report().findings.map(({ endsAt }) => Date.parse(endsAt))).toEqual([end + 700 * dayMs]);
  });

  it('warns on when the renewed certificate was taken off the card again', async () => {
    const renewed = certificateInfo({ notBefore: end - 38 * dayMs, notAfter: end + 700 * dayMs });
    tokens.put(cardEntry('1', [certificate, renewed]));
    clock.set(end - 20 * dayMs);
    await open().check();
    expect(values()).toEqual([]);
    tokens.put(card);
    await radar?.check();
    expect(values()).toEqual([30]);
  });

  it('looks after an hour of the wall clock, however long the timer slept, when the day has changed, or the time gone back', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    clock.set(new Date(2027, 5, 10, 8).getTime());
    let looks = 0;
    const opened = open({
      relyingParties: () => {
        looks += 1;
        return [];
      },
    });
    const looksAfter = async (ms: number): Promise<number> => {
      looks = 0;
      clock.pass(ms);
      vi.advanceTimersByTime(5 * 60_000);
      await new Promise((resolve) => setImmediate(resolve));
      return looks;
    };
    await opened.check();
    expect(await looksAfter(5 * 60_000)).toBe(0);
    expect(await looksAfter(54 * 60_000)).toBe(0);
    expect(await looksAfter(5 * 60_000)).toBe(1);
    expect(await looksAfter(15 * hourMs - 5 * 60_000)).toBe(1);
    expect(await looksAfter(10 * 60_000)).toBe(1);
    expect(await looksAfter(-60_000)).toBe(1);
    await opened.close();
    expect(await looksAfter(9 * hourMs)).toBe(0);
  });

  it('goes on after a look that failed', async () => {
    let isFailing = true;
    open({
      relyingParties: () => {
        if (isFailing) throw new Error('planted');
        return [];
      },
    });
    await radar?.check();
    expect(logger.lines.some(({ level }) => level === 'error')).toBe(true);
    isFailing = false;
    await radar?.check();
    expect(values()).toEqual([60]);
  });

  it('is closed soon even when the desktop never answers', async () => {
    void open({ notify: () => new Promise(() => undefined) }).check();
    await vi.waitFor(() => expect(announced).toHaveLength(1), { timeout: 8_000 });
    await radar?.close();
  });

  it('ends a look that waits for an answer when it is closed', async () => {
    void open({ shownWithinMs: 600_000 }).check();
    await new Promise((resolve) => setImmediate(resolve));
    await radar?.close();
    expect(notices).toEqual([]);
  });
});

describe('ExpiryRadar.snooze()', () => {
  const idOf = (): string => radar?.report().findings[0]?.id ?? '';

  it('rests warnings, never over the next threshold', async () => {
    accepts = false;
    await open().check();
    const report = await radar?.snooze(idOf().slice(0, 6), 30);
    // Thirty days before begins at midnight.
    expect(report?.findings[0]?.snoozedUntil).toBe(new Date(2028, 2, 3).toISOString());
    accepts = true;
    await radar?.check();
    expect(values()).toEqual([60]);
    clock.set(new Date(2028, 2, 3).getTime());
    await radar?.check();
    expect(values()).toEqual([60, 30]);
  });

  it.each([
    [end - 2.5 * dayMs, dayMs],
    [end - 4.4 * dayMs, undefined],
    [end - 35 * hourMs, dayMs],
    [end - hourMs, hourMs + 1],
    [end + 9 * dayMs, dayMs],
  ])('lasts a day at most with less than three days left: at %i for %j', async (now, lasts) => {
    clock.set(now);
    await open().check();
    const report = await radar?.snooze(idOf(), 30);
    const until = Date.parse(report?.findings[0]?.snoozedUntil ?? '');
    // Three days before comes after four and a half.
    expect(until).toBe(lasts === undefined ? new Date(2028, 2, 30).getTime() : now + lasts);
  });

  it('knows no other ends', async () => {
    await open().check();
    await expect(radar?.snooze('ffffffffffff', 1)).rejects.toMatchObject({ code: 'ERR_EXPIRY_NOT_FOUND' });
    await expect(radar?.snooze('', 1)).resolves.toBeDefined();
  });

  it('does not last when the clock is set back to before it', async () => {
    accepts = false;
    await open().check();
    await radar?.snooze(idOf(), 7);
    clock.set(end - 80 * dayMs);
    accepts = true;
    await radar?.check();
    expect(values()).toContain(90);
  });
});

describe('ExpiryRadar.noteLastDay()', () => {
  it('makes the card the end that matters when it comes first, and takes it back', async () => {
    clock.set(end - 120 * dayMs);
    await open().check();
    const report = await radar?.noteLastDay(undefined, '2028-01-31');
    expect(report?.findings.map(({ subject, decisive, beside }) => [subject, decisive, beside?.subject])).toEqual([
      ['card', true, undefined],
      ['certificate', false, 'card'],
    ]);
    await radar?.check();
    expect(notices.at(-1)?.[0]?.finding.subject).toBe('card');
    const later = await radar?.noteLastDay('card:1', '2028-05-31');
    expect(later?.findings.map(({ subject, decisive, beside }) => [subject, decisive, beside?.subject])).toEqual([
      ['certificate', true, 'card'],
      ['card', false, 'certificate'],
    ]);
    expect((await radar?.noteLastDay('1', undefined))?.findings).toHaveLength(1);
  });

  it('asks which card is meant', async () => {
    tokens.put(card, cardEntry('2', [certificate]));
    await open().check();
    await expect(radar?.noteLastDay(undefined, '2028-01-31')).rejects.toMatchObject({ code: 'ERR_TOKEN_AMBIGUOUS' });
    await expect(radar?.noteLastDay('3', '2028-01-31')).rejects.toMatchObject({ code: 'ERR_TOKEN_NOT_FOUND' });
    tokens.put();
    await expect(radar?.noteLastDay(undefined, '2028-01-31')).rejects.toMatchObject({ code: 'ERR_TOKEN_NOT_FOUND' });
  });
});

describe('ExpiryRadar.forget()', () => {
  it('forgets a card until it is inserted again', async () => {
    await open().check();
    tokens.put();
    expect((await radar?.forget('1'))?.findings).toEqual([]);
    await expect(radar?.forget('1')).rejects.toMatchObject({ code: 'ERR_TOKEN_NOT_FOUND' });
    tokens.put(card);
    expect(radar?.report().findings).toHaveLength(1);
  });
});

describe('ExpiryRadar.timeTold()', () => {
  it('warns of a clock that another computer says is wrong, once, and again after a week', async () => {
    clock.set(end - 300 * dayMs);
    await open().check();
    radar?.timeTold(clock.now() + 90_000);
    await radar?.check();
    expect(values()).toEqual([]);
    radar?.timeTold(clock.now() + 7_200_000);
    await radar?.check();
    expect(notices[0]?.[0]?.finding).toMatchObject({ subject: 'clock', clock: { problem: 'skewed', seconds: 7200 } });
    clock.pass(2 * dayMs);
    radar?.timeTold(clock.now() + 7_200_000);
    await radar?.check();
    expect(notices).toHaveLength(1);
    clock.pass(6 * dayMs);
    radar?.timeTold(clock.now() + 7_200_000);
    await radar?.check();
    expect(notices).toHaveLength(2);
  });

  it('is silent again once the times agree', async () => {
    clock.set(end - 300 * dayMs);
    await open().check();
    radar?.timeTold(clock.now() + 7_200_000);
    radar?.timeTold(clock.now() + 1_000);
    expect(radar?.report().findings.map(({ subject }) => subject)).toEqual(['certificate']);
  });
});
