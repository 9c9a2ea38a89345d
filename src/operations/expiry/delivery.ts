import type { ExpiryFinding, ExpiryWarning } from '../../model/expiry.js';
import { localDay, nextRungAt } from '../../model/expiry-ladder.js';
import type { Delivery, ExpiryState } from '../../model/expiry-memory.js';

const dayMs = 86_400_000;
/** A clock that is still wrong is told of once more after so long; everything else has thresholds. */
const clockAgainMs = 7 * dayMs;
/** What was told of an end that is no longer known of: it may come back with its card. */
const keptMs = 400 * dayMs;
const maxSnoozeDays = 30;
/** With so few days left, warnings rest for a day at most. */
const shortSnoozeDays = 3;

/**
 * The warnings that somebody must get now: of what matters, once for each threshold, once a day at most; of several
 * thresholds that were missed only for the nearest.
 */
export function dueWarnings(
  findings: readonly ExpiryFinding[],
  state: ExpiryState,
  now: number,
): readonly ExpiryWarning[] {
  return findings.flatMap((finding): ExpiryWarning[] => {
    const { threshold, decisive } = finding;
    if (threshold === undefined || !decisive || snoozedUntil(finding.id, state, now) !== undefined) return [];
    const before = deliveryOf(finding, state, now);
    const isDue = before === undefined || (threshold.value < before.value && localDay(before.at) !== localDay(now));
    return isDue ? [{ finding, threshold }] : [];
  });
}

/** What was told of it; what was told at a time that is still to come was told by a clock that was wrong. */
function deliveryOf({ id, subject }: ExpiryFinding, state: ExpiryState, now: number): Delivery | undefined {
  const delivery = state.deliveries[id];
  if (delivery === undefined || delivery.at > now + dayMs) return undefined;
  return subject === 'clock' && now - delivery.at >= clockAgainMs ? undefined : delivery;
}

/** With these warnings delivered. */
export function withDelivered(state: ExpiryState, warnings: readonly ExpiryWarning[], now: number): ExpiryState {
  const deliveries = { ...state.deliveries };
  for (const { finding, threshold } of warnings) {
    deliveries[finding.id] = { value: threshold.value, at: now, endsAt: Date.parse(finding.endsAt) };
  }
  return { ...state, deliveries };
}

/** Until when warnings of a finding rest; a time that no snooze could have set does not count. */
export function snoozedUntil(id: string, state: ExpiryState, now: number): number | undefined {
  const until = state.snoozes[id];
  return until !== undefined && until > now && until <= now + (maxSnoozeDays + 1) * dayMs ? until : undefined;
}

/** Until when warnings would rest if it was asked for so many days: never over the next threshold, and short near the end. */
export function snoozeEnd(finding: ExpiryFinding, days: number, now: number): number {
  const { startsAt, endsAt, daysLeft, subject } = finding;
  const most = daysLeft < shortSnoozeDays || subject === 'clock' ? 1 : maxSnoozeDays;
  const wished = now + Math.min(days, most) * dayMs;
  const next =
    subject === 'clock'
      ? undefined
      : nextRungAt(startsAt === undefined ? undefined : Date.parse(startsAt), Date.parse(endsAt), now);
  return Math.min(wished, next ?? wished);
}

/** Without what no longer says anything; `ids`: what is known of now. */
export function withoutForgotten(state: ExpiryState, ids: ReadonlySet<string>, now: number): ExpiryState {
  const deliveries = Object.entries(state.deliveries).filter(
    ([id, { at, endsAt }]) => ids.has(id) || now - Math.max(at, endsAt) < keptMs,
  );
  const snoozes = Object.entries(state.snoozes).filter(([id]) => snoozedUntil(id, state, now) !== undefined);
  const isSame =
    deliveries.length === Object.keys(state.deliveries).length && snoozes.length === Object.keys(state.snoozes).length;
  return isSame
    ? state
    : { ...state, deliveries: Object.fromEntries(deliveries), snoozes: Object.fromEntries(snoozes) };
}
