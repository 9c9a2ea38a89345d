import { doctorFinding } from '../../model/doctor-codes.js';
import { askDaemonState } from '../ask-daemon.js';
import type { DoctorCheck, DoctorDaemon } from '../doctor-check.js';

/** What this check asks of the machine. */
export interface SurfacesPorts {
  readonly daemon: DoctorDaemon;
  /** Whether a dialogue of the desktop can ask for a PIN here; undefined where such are not used. */
  readonly pinentry: () => Promise<boolean | undefined>;
}

/** Whether there is any place where a PIN could be typed, if a login came now. */
export function checkSurfaces({ daemon, pinentry }: SurfacesPorts): DoctorCheck {
  return {
    name: 'surfaces',
    run: async () => {
      const state = await askDaemonState(daemon);
      if (typeof state === 'string') return { notTried: doctorFinding('surfaces.unknown') };
      const isHardwareOnly = state.loopback.port === 0 && !state.loopback.listening;
      if (state.surfaces > 0 || isHardwareOnly || (await pinentry()) === true) return [];
      return [doctorFinding(state.sandbox ? 'surfaces.none-in-sandbox' : 'surfaces.none')];
    },
  };
}
