import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Logger } from '../core/ports.js';
import type { PinReference } from '../model/pin.js';
import type { RememberedCounter, RetryCounterMemory } from '../model/retry-counter-memory.js';

/**
 * Opens, or begins, the file in which last seen retry counters are kept. A file that makes no sense is begun anew:
 * the worst that comes of it is one foreign try unnoticed, while refusing to start would keep people out. Not forced
 * to the disk for the same reason: a write comes before every VERIFY, while the user waits.
 */
export async function openRetryCounterFile(path: string, logger: Logger): Promise<RetryCounterMemory> {
  const counters = await load(path, logger);
  let last: Promise<unknown> = Promise.resolve();

  const save = async (): Promise<void> => {
    const draft = `${path}.new`;
    await writeFile(draft, `${JSON.stringify(Object.fromEntries(counters))}\n`, { mode: 0o600 });
    await rename(draft, path);
  };

  return {
    recall: (token, pin) => counters.get(keyOf(token, pin)),
    async remember(token, pin, counter) {
      counters.set(keyOf(token, pin), counter);
      const saved = last.then(save);
      last = saved.catch(() => undefined);
      return saved;
    },
  };
}

const keyOf = (token: string, pin: PinReference): string => `${token} ${pin}`;

async function load(path: string, logger: Logger): Promise<Map<string, RememberedCounter>> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null) throw new SyntaxError('not an object');
    return new Map(Object.entries(parsed).filter((pair): pair is [string, RememberedCounter] => isCounter(pair[1])));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      logger.warn({ path, error }, 'Remembered retry counters could not be read and are begun anew');
    }
    return new Map();
  }
}

function isCounter(value: unknown): value is RememberedCounter {
  if (typeof value !== 'object' || value === null) return false;
  const { attemptsRemaining, highest, tryUnderWay } = value as Partial<Record<string, unknown>>;
  return Number.isInteger(attemptsRemaining) && Number.isInteger(highest) && typeof tryUnderWay === 'boolean';
}
