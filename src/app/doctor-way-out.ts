import type { DoctorCheck } from '../doctor/doctor-check.js';
import type { DoctorContext } from './doctor-context.js';

/** The checks about the way out, and about the history. */
export function wayOutChecks(_context: DoctorContext): readonly DoctorCheck[] {
  return [];
}
