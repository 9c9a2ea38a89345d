import { writeSync } from 'node:fs';
import { openFileHistory } from '../../src/history/file-history.js';
import { systemClock } from '../../src/core/ports.js';
import { recordingLogger } from './recording-logger.js';

/**
 * Appends as many entries as asked for, as fast as it can, and tells of each on standard output once it is written;
 * several of these run at once. Everything is kept, however short the parts are.
 */
const [path = '', name = '', count = '0', partBytes] = process.argv.slice(2);
const parts = partBytes === undefined ? {} : { partBytes: Number(partBytes), keptParts: 100_000 };
const history = await openFileHistory(path, { clock: systemClock, logger: recordingLogger(), ...parts });
for (let number = 0; number < Number(count); number += 1) {
  await history.append({ kind: 'inserted', reader: `${name} ${number}` });
  writeSync(1, `${name} ${number}\n`);
}
await history.close();
