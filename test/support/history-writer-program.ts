import { openFileHistory } from '../../src/history/file-history.js';
import { systemClock } from '../../src/core/ports.js';
import { recordingLogger } from './recording-logger.js';

/** Appends as many entries as asked for, as fast as it can; several of these run at once. */
const [path = '', name = '', count = '0'] = process.argv.slice(2);
const history = await openFileHistory(path, { clock: systemClock, logger: recordingLogger() });
for (let number = 0; number < Number(count); number += 1) {
  await history.append({ kind: 'inserted', reader: `${name} ${number}` });
}
await history.close();
