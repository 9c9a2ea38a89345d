import type { ExpiryThreshold, ExpiryUrgency } from './expiry.js';

const dayMs = 86_400_000;
/** A life up to this long is warned of by shares. */
const shortLifeMs = 60 * dayMs;
const dayRungs = [90, 60, 30, 14, 7, 3, 1] as const;
const shareRungs = [50, 25, 10, 5] as const;
/** More than any local day has hours, so that two thresholds never fall on one day and each can be told of. */
const minGapMs = 26 * 3_600_000;

/** A threshold and when it is reached, milliseconds since the epoch. */
export interface Rung {
  readonly threshold: ExpiryThreshold;
  readonly at: number;
}

/**
 * The thresholds of something that ends, the earliest first; the last one is its end. By local calendar days 90, 60, 30,
 * 14, 7, 3 and 1 before, those left out that are more than half of its life; of a life of at most 60 days when 50, 25, 10
 * and 5 percent of it are left, those left out that follow within 26 hours.
 *
 * @param notBefore - milliseconds since the epoch; undefined where only the end is known.
 * @param notAfter - the last moment at which it counts.
 */
export function ladderOf(notBefore: number | undefined, notAfter: number): readonly Rung[] {
  const life = notBefore === undefined ? Infinity : Math.max(notAfter - notBefore, 0);
  const over: Rung = { threshold: { kind: 'days', value: 0 }, at: notAfter + 1 };
  return life <= shortLifeMs ? byShare(life, notAfter) : [...byDays(life, notAfter), over];
}

function byDays(life: number, notAfter: number): readonly Rung[] {
  const end = new Date(notAfter);
  return dayRungs
    .filter((days) => days * dayMs <= life / 2)
    .map((days) => ({
      threshold: { kind: 'days', value: days },
      at: new Date(end.getFullYear(), end.getMonth(), end.getDate() - days).getTime(),
    }));
}

function byShare(life: number, notAfter: number): readonly Rung[] {
  const rungs: Rung[] = [{ threshold: { kind: 'share', value: 0 }, at: notAfter + 1 }];
  for (const value of shareRungs.toReversed()) {
    const at = Math.ceil(notAfter - (life * value) / 100);
    const next = rungs[0]?.at ?? Infinity;
    // A life of a day or two is warned of once before its end, however near that is.
    const isOnlyOne = value === shareRungs[0] && rungs.length === 1;
    if (next - at >= minGapMs || (isOnlyOne && life > 0)) rungs.unshift({ threshold: { kind: 'share', value }, at });
  }
  return rungs;
}

/** The nearest threshold that is reached at `now`; undefined before the first. Times as in {@link ladderOf}. */
export function thresholdOf(notBefore: number | undefined, notAfter: number, now: number): ExpiryThreshold | undefined {
  return ladderOf(notBefore, notAfter).findLast(({ at }) => at <= now)?.threshold;
}

/** When the next threshold is reached; undefined when all are. */
export function nextRungAt(notBefore: number | undefined, notAfter: number, now: number): number | undefined {
  return ladderOf(notBefore, notAfter).find(({ at }) => at > now)?.at;
}

/** How urgent an end is. */
export function urgencyOf(threshold: ExpiryThreshold | undefined, daysLeft: number): ExpiryUrgency {
  if (threshold === undefined) return 'fine';
  if (threshold.value === 0) return 'past';
  const isNear = threshold.kind === 'days' ? threshold.value <= 7 : threshold.value <= 10 || daysLeft <= 1;
  return isNear ? 'urgent' : 'soon';
}

/** The local calendar day of a moment, counted from any fixed day. */
export function localDay(at: number): number {
  const date = new Date(at);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / dayMs);
}

/**
 * The last moment of a local day.
 *
 * @param day - `YYYY-MM-DD`, which must exist.
 */
export function endOfLocalDay(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + 1).getTime() - 1;
}
