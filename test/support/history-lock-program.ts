import { writeSync } from 'node:fs';
import { withHistoryLock } from '../../src/history/history-lock.js';

/** Takes the lock of a history, says so, and holds it until it is killed, or for a minute. */
const [path = '', proc = '/proc'] = process.argv.slice(2);
await withHistoryLock(
  path,
  async () => {
    writeSync(1, 'held\n');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  },
  { proc },
);
