import type { ClockProblem } from '../../model/expiry.js';
import type { ExpiryState, KnownCard } from '../../model/expiry-memory.js';

/** Something that shows that the system's clock is wrong. */
export interface ClockFault {
  readonly problem: ClockProblem;
  /** How far off it is at least; positive when it is slow. */
  readonly seconds?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** How far another computer's clock was ahead of ours, milliseconds, and when that was seen. */
export interface ClockSkew {
  readonly byMs: number;
  readonly at: number;
}

/** This was written then: no clock that is right says less. */
const written = Date.UTC(2026, 10, 1);
/** What the service of the time corrects by itself, and issuers round. */
const tolerance = { backMs: 10 * 60_000, skewMs: 120_000, notBeforeMs: 5 * 60_000 };
/** A clock that was set back, and an answer that told another time, are spoken of for a day. */
const toldMs = 86_400_000;

/** What shows now that the clock is wrong. */
export function clockFaults(
  { setBack }: Pick<ExpiryState, 'setBack'>,
  inserted: readonly KnownCard[],
  skew: ClockSkew | undefined,
  now: number,
): readonly ClockFault[] {
  const faults: ClockFault[] = [];
  if (now < written) faults.push({ problem: 'before-release', seconds: secondsOf(written - now), since: now });
  const starts = inserted.flatMap(({ certificates }) =>
    certificates.flatMap(({ notBefore, authorities }) => [notBefore, ...authorities.map((one) => one.notBefore)]),
  );
  const latest = Math.max(...starts);
  if (latest > now + tolerance.notBeforeMs) {
    faults.push({ problem: 'before-certificate', seconds: secondsOf(latest - now), since: now });
  }
  if (setBack !== undefined && isRecent(setBack.at, now)) {
    faults.push({ problem: 'jumped-back', seconds: secondsOf(setBack.from - setBack.at), since: setBack.at });
  }
  if (skew !== undefined && isRecent(skew.at, now) && Math.abs(skew.byMs) > tolerance.skewMs) {
    faults.push({ problem: 'skewed', seconds: secondsOf(skew.byMs), since: skew.at });
  }
  return faults;
}

/** The state with what the clock says now; the same object within an hour, so that nothing needs to be written. */
export function withClockSeen(state: ExpiryState, now: number): ExpiryState {
  if (now < state.latest - tolerance.backMs) {
    // From now on this is the time: a clock that was far ahead for once must not be missed for years.
    return { ...state, latest: now, setBack: { at: now, from: state.latest } };
  }
  if (now - state.latest < 3_600_000) return state;
  const { setBack, ...rest } = state;
  return { ...rest, latest: now, ...(setBack !== undefined && isRecent(setBack.at, now) ? { setBack } : {}) };
}

const secondsOf = (ms: number): number => Math.round(ms / 1000);
const isRecent = (at: number, now: number): boolean => Math.abs(now - at) < toldMs;
