import { toHex } from '../core/bytes.js';
import type { ControlHandlers } from '../daemon/control/handlers.js';
import type { ReaderMonitor } from '../transport/card-channel.js';
import type { CommandTimes } from '../transport/time-commands.js';

/** The method `doctor.facts`. */
export function doctorFactsMethods(monitor: ReaderMonitor, times: CommandTimes): ControlHandlers {
  return {
    'doctor.facts': () => ({
      readers: monitor.snapshot.readers.map(({ name, atr }) => ({
        name,
        ...(atr.length === 0 ? {} : { atr: toHex(atr) }),
        fastestCommandMs: times.fastest(name),
      })),
    }),
  };
}
