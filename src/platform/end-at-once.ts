import { constants } from 'node:os';
import { leave } from './leave.js';
import { restoreTerminals } from './open-terminals.js';

/** Ends the program without waiting for anything that it does, as this signal would, with the terminal as it was. */
export async function endAtOnce(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): Promise<never> {
  restoreTerminals();
  return await leave(128 + constants.signals[signal], () => Promise.resolve());
}
