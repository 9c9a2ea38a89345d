import type { Logger } from '../core/ports.js';
import type { PinReference } from '../model/pin.js';
import type { RememberedCounter, RetryCounterMemory } from '../model/retry-counter-memory.js';
import { openJsonMapFile } from './json-map-file.js';

/**
 * Opens, or begins, the file in which last seen retry counters are kept. A file that makes no sense is begun anew:
 * the worst that comes of it is one foreign try unnoticed, while refusing to start would keep people out. Not forced
 * to the disk for the same reason: a write comes before every VERIFY, while the user waits.
 */
export async function openRetryCounterFile(path: string, logger: Logger): Promise<RetryCounterMemory> {
  const warning = 'Remembered retry counters could not be read and are begun anew';
  const counters = await openJsonMapFile(path, { logger, isValue: isCounter, warning });
  return {
    recall: (token, pin) => counters.get(keyOf(token, pin)),
    remember: (token, pin, counter) => counters.set(keyOf(token, pin), counter),
  };
}

const keyOf = (token: string, pin: PinReference): string => `${token} ${pin}`;

function isCounter(value: unknown): value is RememberedCounter {
  if (typeof value !== 'object' || value === null) return false;
  const { attemptsRemaining, highest, tryUnderWay } = value as Partial<Record<string, unknown>>;
  return Number.isInteger(attemptsRemaining) && Number.isInteger(highest) && typeof tryUnderWay === 'boolean';
}
