import { writeSync } from 'node:fs';
import { ReadStream, type ReadStream as TtyStream } from 'node:tty';
import type { SocketConstructorOpts } from 'node:net';
import { wipeableBytes } from '../core/secret.js';
import { noteTerminal } from './open-terminals.js';

/** A terminal whose keys arrive one by one, as bytes and without echo. */
export interface KeyTerminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
  /** Puts the terminal back into the mode it was in. */
  close(): void;
}

/** What the terminal calls. The bytes are wiped when `onBytes` returns, and no other copy of them is made. */
export interface TerminalListener {
  onBytes(bytes: Uint8Array): void;
  onResize(): void;
  /** Written when the terminal is closed, and before the program ends in any other way than that. */
  readonly leave?: string;
}

/** Takes over the terminal of standard input and output. `process.stdin` must not have been touched. */
export function openKeyTerminal(listener: TerminalListener): KeyTerminal {
  const buffer = wipeableBytes(1024);
  const onread = {
    buffer,
    callback: (length: number) => {
      const bytes = buffer.subarray(0, length);
      try {
        listener.onBytes(bytes);
      } finally {
        bytes.fill(0);
      }
      return true;
    },
  };
  const options: SocketConstructorOpts & Record<string, unknown> = { onread };
  const input: TtyStream = new ReadStream(0, options);
  const output = process.stdout;
  input.setRawMode(true);
  input.resume();
  const onResize = (): void => listener.onResize();
  output.on('resize', onResize);
  const leave = listener.leave ?? '';
  const stopLeaving = leaveAtEnd(leave);
  const forget = noteTerminal(() => {
    writeAtEnd(leave);
    input.setRawMode(false);
  });
  return {
    get columns() {
      return output.columns;
    },
    get rows() {
      return output.rows;
    },
    write: (text) => void output.write(text),
    close() {
      output.off('resize', onResize);
      stopLeaving();
      forget();
      if (listener.leave !== undefined) output.write(listener.leave);
      input.setRawMode(false);
      input.destroy();
    },
  };
}

/** Before an error that nobody caught is written, and at the latest when the process ends. */
function leaveAtEnd(text: string): () => void {
  const leave = (): void => {
    stop();
    writeAtEnd(text);
  };
  const stop = (): void => {
    process.off('uncaughtExceptionMonitor', leave);
    process.off('exit', leave);
  };
  process.on('uncaughtExceptionMonitor', leave);
  process.on('exit', leave);
  return stop;
}

/** A terminal that is gone takes nothing. */
function writeAtEnd(text: string): void {
  try {
    writeSync(1, text);
  } catch {
    return;
  }
}
