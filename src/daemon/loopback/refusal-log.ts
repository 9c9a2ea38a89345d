import type { Clock, Logger } from '../../core/ports.js';

/** Writes one refusal down. */
export type RefusalLog = (fields: Readonly<Record<string, unknown>>, message: string) => void;

const windowMs = 60_000;
const linesPerWindow = 30;

/** Logs the first refusals of each minute and counts the others: a web page must not be able to fill the disk. */
export function createRefusalLog(logger: Logger, clock: Clock): RefusalLog {
  let endsAt = -Infinity;
  let seen = 0;
  return (fields, message) => {
    const now = clock.monotonic();
    if (now >= endsAt) {
      if (seen > linesPerWindow) logger.warn({ unlogged: seen - linesPerWindow }, 'More refusals than were logged');
      endsAt = now + windowMs;
      seen = 0;
    }
    seen += 1;
    if (seen <= linesPerWindow) logger.warn(fields, message);
  };
}
