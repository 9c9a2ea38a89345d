import { closeSync, constants, openSync } from 'node:fs';
import koffi from 'koffi';

// termios.h
const TCIFLUSH = process.platform === 'linux' ? 0 : 1;

/** Throws away what was typed on a terminal and read by nobody; does nothing where there is no such terminal. */
export function dropTypedAhead(terminal: string): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(terminal, constants.O_RDONLY | constants.O_NOCTTY | constants.O_NONBLOCK);
    const tcflush = koffi.load(null).func('int tcflush(int, int)') as (fd: number, queue: number) => number;
    tcflush(descriptor, TCIFLUSH);
  } catch {
    // Whoever asks there says what is wrong with it.
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
