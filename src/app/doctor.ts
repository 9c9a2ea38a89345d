import { resolve } from 'node:path';
import type { WrittenReport } from '../cli/ports.js';
import { systemClock } from '../core/ports.js';
import type { DoctorCheck } from '../doctor/doctor-check.js';
import { runChecks } from '../doctor/run-checks.js';
import type { DoctorCheckName, DoctorCheckResult, DoctorReport } from '../model/doctor.js';
import { instancePaths } from '../platform/paths.js';
import type { DoctorContext } from './doctor-context.js';
import type { WriteReportOptions } from './doctor-report.js';
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

/** Where a report shall go. */
export interface ReportPlace {
  readonly path: string;
  readonly overwrite: boolean;
}

/**
 * Says before anything is examined that a report could not be written.
 *
 * @throws {MiddlewareError} ERR_USAGE with `name` and `reason`.
 */
export async function refuseReport({ path, overwrite }: ReportPlace): Promise<void> {
  const { refuseExisting } = await import('../platform/private-file.js');
  refuseExisting({ path: resolve(path), overwrite });
}

/** Writes the archive for those who help; loaded only then. */
export async function writeReport(options: WriteReportOptions): Promise<WrittenReport> {
  const { writeReport: write } = await import('./doctor-report.js');
  return await write(options);
}
