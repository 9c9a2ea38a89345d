import type { DaemonStatus, StatusReport } from '../control-contract/status.js';
import type { DoctorDaemon } from './doctor-check.js';

/** What the daemon says of itself; undefined where none answers, of which the check `daemon` speaks. */
export async function statusOfDaemon(daemon: DoctorDaemon): Promise<DaemonStatus | undefined> {
  return await daemon.ask('daemon.status', {}).catch(() => undefined);
}

/** Its readers and cards; undefined where none answers, or it serves no cards. */
export async function reportOfDaemon(daemon: DoctorDaemon): Promise<StatusReport | undefined> {
  return await daemon.ask('status.get', {}).catch(() => undefined);
}
