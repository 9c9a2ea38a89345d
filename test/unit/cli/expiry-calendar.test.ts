import ICAL from 'ical.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { calendarOf } from '../../../src/cli/expiry-calendar.js';
import type { ExpiryFinding } from '../../../src/model/expiry.js';

beforeAll(() => {
  process.env['TZ'] = 'Europe/Stockholm';
});

const now = Date.UTC(2027, 0, 10, 12);

const finding = (more: Partial<ExpiryFinding> = {}): ExpiryFinding => ({
  id: '0123456789ab',
  series: '00112233445566778899aabb',
  subject: 'certificate',
  name: 'Tolvan Tolvansson',
  card: { id: 'card:1', label: 'Tolvan 940', inserted: true },
  purpose: 'auth',
  startsAt: '2025-04-02T10:00:00.000Z',
  endsAt: '2027-04-02T10:00:00.000Z',
  daysLeft: 82,
  urgency: 'soon',
  decisive: true,
  action: { kind: 'download' },
  ...more,
});

/** As Mozilla's parser reads it; throws what it does not accept. */
function eventsIn(text: string) {
  const calendar = new ICAL.Component(ICAL.parse(text) as unknown[]);
  return calendar.getAllSubcomponents('vevent').map((component) => {
    const event = new ICAL.Event(component);
    const alarms = component.getAllSubcomponents('valarm').map((alarm) => ({
      at: String(alarm.getFirstPropertyValue('trigger')),
      text: String(alarm.getFirstPropertyValue('description')),
    }));
    const { uid, sequence, summary, description } = event;
    return { uid, sequence, summary, description, at: event.startDate.toJSDate().toISOString(), alarms };
  });
}

describe('calendarOf()', () => {
  it('is read by another parser: one event at the end, with an alarm at each threshold to come', () => {
    const { text, count } = calendarOf([finding()], { language: 'en', now });
    expect(count).toBe(1);
    const [event] = eventsIn(text);
    expect(event).toMatchObject({
      uid: '00112233445566778899aabb@kort',
      at: '2027-04-02T10:00:00.000Z',
      summary: 'The certificate for logins, Tolvan Tolvansson, on the card Tolvan 940',
    });
    expect(event?.description).toContain('What to do: get a new one with "kort certificate download"');
    // 90 days before has been; in the morning, in summer and in winter.
    expect(event?.alarms.map(({ at }) => at)).toEqual([
      '2027-02-01T08:00:00Z',
      '2027-03-03T08:00:00Z',
      '2027-03-19T08:00:00Z',
      '2027-03-26T08:00:00Z',
      '2027-03-30T07:00:00Z',
      '2027-04-01T07:00:00Z',
    ]);
    expect(event?.alarms.at(-1)?.text).toContain('expires tomorrow, 2027-04-02 12:00.');
  });

  it('takes shares of the life of a short-lived one', () => {
    const reserve = finding({ startsAt: '2027-01-08T10:00:00.000Z', endsAt: '2027-01-22T10:00:00.000Z' });
    const [event] = eventsIn(calendarOf([reserve], { language: 'sv', now }).text);
    expect(event?.alarms.map(({ at }) => at)).toEqual([
      '2027-01-15T10:00:00Z',
      '2027-01-18T22:00:00Z',
      '2027-01-21T00:24:00Z',
    ]);
  });

  it('moves the event when the certificate was renewed and the file is imported again', () => {
    const before = eventsIn(calendarOf([finding()], { language: 'sv', now }).text)[0];
    const renewed = finding({ id: 'ffffffffffff', endsAt: '2029-04-02T10:00:00.000Z' });
    const after = eventsIn(calendarOf([renewed], { language: 'sv', now: now + 60_000 }).text)[0];
    expect(after?.uid).toBe(before?.uid);
    expect(after?.sequence).toBeGreaterThan(before?.sequence ?? Infinity);
    expect(after?.at).not.toBe(before?.at);
  });

  it('leaves out what something else ends before, and clocks; of one thing that ends twice it has the first', () => {
    const late = finding({ endsAt: '2028-01-01T00:00:00.000Z' });
    const findings = [
      finding(),
      late,
      finding({ series: 'aa', decisive: false }),
      finding({ series: 'bb', subject: 'clock' }),
    ];
    const events = eventsIn(calendarOf(findings, { language: 'en', now }).text);
    expect(events.map(({ at }) => at)).toEqual(['2027-04-02T10:00:00.000Z']);
  });

  it('without anything is a calendar still', () => {
    expect(eventsIn(calendarOf([], { language: 'en', now }).text)).toEqual([]);
  });

  it('folds and escapes any name, so that it comes out as it went in and nothing else comes in', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', ';', ',', '\\', 'å', '€', '😀', ':', '"', ' ', 'BEGIN:VEVENT'),
      maxLength: 120,
    });
    fc.assert(
      fc.property(name, (holder) => {
        const { text } = calendarOf([finding({ name: holder })], { language: 'en', now });
        const lines = text.split('\r\n');
        expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
        expect(lines.every((line) => !/[\r\n]/.test(line))).toBe(true);
        const events = eventsIn(text);
        expect(events).toHaveLength(1);
        expect(events[0]?.summary).toBe(`The certificate for logins, ${holder}, on the card Tolvan 940`);
      }),
    );
  });
});
