import type { Clock } from '../core/ports.js';
import type { DoctorDaemon } from '../doctor/doctor-check.js';
import type { InstancePaths } from '../platform/paths.js';

/** What the checks' adapters are made with. */
export interface DoctorContext {
  readonly instance: string;
  readonly paths: InstancePaths;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly daemon: DoctorDaemon;
  /** Of the program that examines. */
  readonly version: string;
}
