import { systemClock } from '../core/ports.js';
import type { DoctorCheck } from '../doctor/doctor-check.js';
import { runChecks } from '../doctor/run-checks.js';
import type { DoctorCheckName, DoctorCheckResult, DoctorReport } from '../model/doctor.js';
import { instancePaths } from '../platform/paths.js';
import type { DoctorContext } from './doctor-context.js';
import { openDoctorDaemon } from './doctor-daemon.js';
import { machineChecks } from './doctor-machine.js';
import { wayOutChecks } from './doctor-way-out.js';
import { productVersion } from './product.js';

/** What is examined, and who hears of it. */
export interface ExamineOptions {
  readonly instance: string;
  /** All unless some are named. */
  readonly only?: readonly DoctorCheckName[] | undefined;
  readonly onCheck: (result: DoctorCheckResult) => void;
  readonly signal: AbortSignal;
}

/**
 * Examines the machine and the instance; needs no daemon.
 *
 * @throws {MiddlewareError} ERR_ABORTED; ERR_USAGE for a malformed name of an instance.
 */
export async function examine({ instance, only, onCheck, signal }: ExamineOptions): Promise<DoctorReport> {
  const paths = instancePaths(instance);
  const daemon = openDoctorDaemon(instance);
  try {
    const checks = checksOf({
      ...{ instance, paths, daemon },
      env: process.env,
      clock: systemClock,
      version: productVersion(),
    }).filter(({ name }) => only?.includes(name) ?? true);
    return await runChecks({ checks, instance, clock: systemClock, onCheck, signal });
  } finally {
    daemon.close();
  }
}

function checksOf(context: DoctorContext): readonly DoctorCheck[] {
  return [...machineChecks(context), ...wayOutChecks(context)];
}
