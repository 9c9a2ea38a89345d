// Not tried: written from the manual page of open(1) and never run on a Mac.
import { startProgram } from './run-program.js';

/** `-u` takes what follows for an address, whatever files there are. */
export function openBrowserMacos(url: string): Promise<boolean> {
  return startProgram('/usr/bin/open', ['-u', url]);
}
