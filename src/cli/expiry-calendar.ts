import ical, { ICalAlarmType } from 'ical-generator';
import { actionText, expiryMessages, localDate, warningText, whatEnds } from '../messages/expiry.js';
import type { Language } from '../messages/language.js';
import type { ExpiryFinding } from '../model/expiry.js';
import { ladderOf } from '../model/expiry-ladder.js';

/** What a calendar is written for. */
export interface CalendarWish {
  readonly language: Language;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Alarms come in the morning, not when the day begins. */
const morningHour = 9;
/** Sequence numbers are 32 bits wide (RFC 5545 §3.3.8): minutes from here fill them after four thousand years. */
const sequenceStart = Date.UTC(2026, 0, 1);

/**
 * Ends as a calendar (RFC 5545): one event each, at its end, with an alarm at each threshold to come. The same thing has
 * the same UID in every export, and each export a higher SEQUENCE, so that a renewed certificate's event moves when the
 * file is imported again.
 */
export function calendarOf(
  findings: readonly ExpiryFinding[],
  { language, now }: CalendarWish,
): { readonly text: string; readonly count: number } {
  const calendar = ical({
    prodId: { company: 'kort', product: 'kort expiry', language: language.toUpperCase() },
    name: expiryMessages[language].calendarName,
  });
  // One that ends never fits on no page.
  const events = new Map(
    findings
      .filter(({ subject, decisive }) => decisive && subject !== 'clock')
      .toReversed()
      .map((finding) => [finding.series, finding]),
  );
  for (const [series, finding] of [...events].toReversed()) {
    const end = new Date(finding.endsAt);
    const event = calendar.createEvent({
      id: `${series}@kort`,
      sequence: Math.floor((now - sequenceStart) / 60_000),
      stamp: new Date(now),
      start: end,
      end,
      summary: whatEnds(finding, language),
      description: descriptionOf(finding, language),
    });
    for (const at of alarmsOf(finding, now)) {
      event.createAlarm({ type: ICalAlarmType.display, trigger: at, description: alarmText(finding, at, language) });
    }
  }
  return { text: `${calendar.toString()}\r\n`, count: events.size };
}

function descriptionOf(finding: ExpiryFinding, language: Language): string {
  const { beside } = finding;
  const besideText = beside && expiryMessages[language].cardSays(localDate(beside.endsAt));
  return [warningText(finding, language), besideText, actionText(finding, language)]
    .filter((line) => line !== undefined)
    .join('\n');
}

/** Without the end itself, which the event is. */
function alarmsOf({ startsAt, endsAt }: ExpiryFinding, now: number): readonly Date[] {
  const end = Date.parse(endsAt);
  return ladderOf(startsAt === undefined ? undefined : Date.parse(startsAt), end)
    .filter(({ threshold }) => threshold.value > 0)
    .map(({ threshold, at }) => {
      const day = new Date(at);
      if (threshold.kind === 'days') day.setHours(morningHour);
      return day;
    })
    .filter((day) => day.getTime() > now && day.getTime() < end);
}

/** As it will be true then. */
function alarmText(finding: ExpiryFinding, at: Date, language: Language): string {
  const midnight = (time: Date): number => Date.UTC(time.getFullYear(), time.getMonth(), time.getDate());
  const daysLeft = Math.round((midnight(new Date(finding.endsAt)) - midnight(at)) / 86_400_000);
  return warningText({ ...finding, daysLeft, urgency: 'soon' }, language);
}
