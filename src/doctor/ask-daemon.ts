import { isMiddlewareError } from '../core/errors.js';
import type { DaemonStatus } from '../control-contract/status.js';
import type { DoctorDaemon } from './doctor-check.js';

/** What the daemon says of itself, or why it does not. */
export type DaemonState = DaemonStatus | 'absent' | 'silent';

/** Asks the daemon for itself; another check says what is wrong with one that does not answer. */
export async function askDaemonState(daemon: DoctorDaemon): Promise<DaemonState> {
  try {
    return await daemon.ask('daemon.status', {});
  } catch (error) {
    return isMiddlewareError(error) && error.fields['reason'] === 'silent' ? 'silent' : 'absent';
  }
}
