import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { Clock } from '../core/ports.js';
import {
  doctorCheckNames,
  stateOfFindings,
  type DoctorCheckName,
  type DoctorCheckResult,
  type DoctorReport,
} from '../model/doctor.js';
import { doctorFinding } from '../model/doctor-codes.js';
import type { CheckOutcome, DoctorCheck } from './doctor-check.js';

/** What {@link runChecks} works with. */
export interface RunChecksOptions {
  readonly checks: readonly DoctorCheck[];
  readonly instance: string;
  readonly clock: Clock;
  /** Called for each check as soon as it is done, in whatever order that is. */
  readonly onCheck: (result: DoctorCheckResult) => void;
  readonly signal: AbortSignal;
}

const defaultBoundMs = 10_000;

/**
 * Carries out checks: those of a lane one after another, all others at once, each within its time. One that throws, or
 * does not end, is a finding of its own and keeps no other from its result.
 *
 * @throws {MiddlewareError} ERR_ABORTED only.
 */
export async function runChecks({ checks, instance, clock, onCheck, signal }: RunChecksOptions): Promise<DoctorReport> {
  const time = new Date(clock.now()).toISOString();
  // One listener for all: so many on one signal would look like a leak.
  const underWay = new Set<() => void>();
  const onAbort = (): void => {
    for (const giveUp of underWay) giveUp();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const perform = async (check: DoctorCheck): Promise<DoctorCheckResult> => {
    const start = clock.monotonic();
    const outcome = await outcomeOf(check, underWay);
    const result = toResult(check.name, outcome, Math.round(clock.monotonic() - start));
    if (!signal.aborted) onCheck(result);
    return result;
  };
  const performed = await Promise.all(
    lanesOf(checks).map(async (lane) => {
      const results: DoctorCheckResult[] = [];
      for (const check of lane) if (!signal.aborted) results.push(await perform(check));
      return results;
    }),
  );
  signal.removeEventListener('abort', onAbort);
  if (signal.aborted) throw new MiddlewareError('ERR_ABORTED', 'Examination was given up');
  return { time, instance, checks: performed.flat().sort((a, b) => orderOf(a.check) - orderOf(b.check)) };
}

const orderOf = (name: DoctorCheckName): number => doctorCheckNames.indexOf(name);

function lanesOf(checks: readonly DoctorCheck[]): readonly (readonly DoctorCheck[])[] {
  const inOrder = [...checks].sort((a, b) => orderOf(a.name) - orderOf(b.name));
  const lane = inOrder.filter((check) => check.lane !== undefined);
  const alone = inOrder.filter((check) => check.lane === undefined).map((check) => [check]);
  return [lane, ...alone];
}

function outcomeOf(check: DoctorCheck, underWay: Set<() => void>): Promise<CheckOutcome> {
  const boundMs = check.boundMs ?? defaultBoundMs;
  const over = new AbortController();
  return new Promise((resolve) => {
    const end = (outcome: CheckOutcome): void => {
      clearTimeout(timer);
      underWay.delete(giveUp);
      over.abort(new MiddlewareError('ERR_ABORTED', 'Check is over'));
      resolve(outcome);
    };
    const giveUp = (): void =>
      end([doctorFinding('check.timeout', { check: check.name, seconds: Math.round(boundMs / 1000) })]);
    const timer = setTimeout(giveUp, boundMs);
    underWay.add(giveUp);
    void settled(check, over.signal).then(end);
  });
}

async function settled(check: DoctorCheck, signal: AbortSignal): Promise<CheckOutcome> {
  try {
    return await check.run(signal);
  } catch (error) {
    const detail = isMiddlewareError(error) ? error.code : error instanceof Error ? error.message : undefined;
    return [doctorFinding('check.failed', { check: check.name, detail })];
  }
}

function toResult(check: DoctorCheckName, outcome: CheckOutcome, durationMs: number): DoctorCheckResult {
  if ('notTried' in outcome) return { check, state: 'notTried', findings: [outcome.notTried], durationMs };
  return { check, state: stateOfFindings(outcome), findings: outcome, durationMs };
}
