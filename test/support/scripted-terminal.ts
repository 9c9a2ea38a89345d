import type { RawTerminal } from '../../src/cli/ports.js';
import type { CliPorts } from '../../src/cli/ports.js';

/** A terminal in raw mode whose keys a test presses. */
export interface ScriptedTerminal {
  readonly open: CliPorts['openTerminal'];
  /** Presses keys as bytes arrive from a terminal: one chunk, which is wiped afterwards. */
  type(keys: string): void;
  /** Everything that was written so far. */
  readonly written: string;
  readonly isOpen: boolean;
  /** The text once it stands there; rejects after a while with what does. */
  until(fits: RegExp): Promise<string>;
}

export function scriptedTerminal({ columns = 100, rows = 30 } = {}): ScriptedTerminal {
  let written = '';
  let isOpen = false;
  let feed: (bytes: Uint8Array) => void = () => undefined;
  return {
    open: (onBytes) => {
      feed = onBytes;
      isOpen = true;
      const terminal: RawTerminal = {
        columns,
        rows,
        write: (text) => void (written += text),
        close: () => {
          isOpen = false;
        },
      };
      return Promise.resolve(terminal);
    },
    type: (keys) => {
      const bytes = new Uint8Array(Buffer.from(keys, 'latin1'));
      feed(bytes);
      bytes.fill(0);
    },
    get written() {
      return written;
    },
    get isOpen() {
      return isOpen;
    },
    until: async (fits) => {
      for (let tries = 0; tries < 4000; tries += 1) {
        if (fits.test(written)) return written;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      throw new Error(`The terminal never showed ${String(fits)} but:\n${written}`);
    },
  };
}
