import type { DoctorCheck } from '../doctor/doctor-check.js';
import type { DoctorContext } from './doctor-context.js';

/** The checks about this machine. */
export function machineChecks(_context: DoctorContext): readonly DoctorCheck[] {
  return [];
}
