import { toHex } from '../core/bytes.js';
import type { CommandApdu } from '../iso7816/command-apdu.js';
import type { ResponseApdu } from '../iso7816/response-apdu.js';

/** Sees the commands of an exchange and their answers, in hexadecimal, with two dots for each byte of an answer that is withheld. */
export interface ApduTrace {
  /** `confidential`: of the answer only the status word may be shown. */
  answered(command: string, answer: ResponseApdu, confidential: boolean): void;
  /** No answer came: the card was pulled, or stayed silent. */
  failed(command: string): void;
}

/** Where the lines of a trace go; must not throw. */
export type TraceLine = (line: string) => void;

/**
 * A command for a trace. What a sensitive one carries is never read, and even its length not told, which with some cards
 * is the PIN's: only its header is written, and `..*` for the rest, so that no mistake in telling PINs apart can show one.
 */
export function traceCommand(encoded: Uint8Array, command: CommandApdu, sensitive: boolean): string {
  if (!sensitive) return toHex(encoded);
  const { cla, ins, p1, p2 } = command;
  return `${toHex(Uint8Array.of(cla, ins, p1, p2))}..*`;
}

/** Writes a trace as lines: `> ` command, `< ` answer, `-- ` where none came. */
export function traceAsLines(write: TraceLine): ApduTrace {
  return {
    answered(command, { data, statusWord }, confidential) {
      write(`> ${command}`);
      const shown = confidential ? '..'.repeat(data.length) : toHex(data);
      write(`< ${shown}${statusWord.toString(16).padStart(4, '0')}`);
    },
    failed(command) {
      write(`> ${command}`);
      write('-- no answer');
    },
  };
}
