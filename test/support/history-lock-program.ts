import { writeSync } from 'node:fs';
import { withHistoryLock } from '../../src/history/history-lock.js';

/** Takes the lock of a history, says so, and holds it until something comes on standard input, or for a minute. */
const [path = '', proc = '/proc'] = process.argv.slice(2);
await withHistoryLock(
  path,
  async () => {
    writeSync(1, 'held\n');
    await new Promise<void>((resolve) => {
      const minute = setTimeout(resolve, 60_000);
      process.stdin.once('data', () => {
        clearTimeout(minute);
        resolve();
      });
    });
  },
  { proc },
);
process.stdin.destroy();
