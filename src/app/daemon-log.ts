import { pino } from 'pino';
import type { Logger } from '../core/ports.js';

/** A log that can be written out before the process leaves. */
export interface DaemonLog extends Logger {
  flush(): void;
}

/** JSON lines on standard error, which whoever starts the daemon leads into its log file. */
export function createDaemonLog(): DaemonLog {
  const destination = pino.destination({ fd: 2, sync: true });
  const level = process.env['KORT_LOG'] ?? 'info';
  const known = Object.hasOwn(pino.levels.values, level) ? level : 'info';
  // `err` and `error` are written with message, code and stack; causes included.
  const log = pino({ base: null, level: known, serializers: { error: pino.stdSerializers.errWithCause } }, destination);
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    flush: () => destination.flushSync(),
  };
}
