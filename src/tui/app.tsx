import { createKeyReader, type Key } from '../terminal/keys/key-reader.js';
import type { WindowSize } from '../terminal/layout/fit-screen.js';
import type { NextStepLook } from '../terminal/look.js';
import type { UiPorts, UiTerminal } from './ports.js';
import type { Face } from './shell/face.js';
import { createInkFace } from './shell/ink-face.js';
import { createLinearFace } from './shell/linear-face.js';
import { Shell } from './shell/shell.js';

/** How the terminal UI is shown. */
export interface UiOptions {
  /** Lines only, one below the other: for terminals that are read aloud, and those that know nothing else. */
  readonly linear: boolean;
}

/**
 * The alternate screen without cursor, and back (xterm control sequences, DEC private modes 1049, 25 and 7). The
 * terminal itself wraps nothing: a row that it finds longer than we do would go on where our own labels begin.
 */
const enterScreen = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const leaveScreen = '\u001b[?7h\u001b[?25h\u001b[?1049l';

/** `kort ui`, until it is left. Rejects with what no screen could show. */
export async function runUi(ports: UiPorts, look: NextStepLook, { linear }: UiOptions): Promise<void> {
  let quit: () => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    quit = resolve;
    fail = reject;
  });
  let terminal: UiTerminal | undefined;
  let face: Face | undefined;
  const shell = new Shell({
    ports,
    look: linear ? { ...look, color: false } : look,
    size: () => (linear ? { columns: sizeOf(terminal).columns, rows: endless } : sizeOf(terminal)),
    now: () => performance.now(),
    onQuit: () => quit(),
    onSuspend: () => void suspend().catch(fail),
    onRedraw: () => face?.redraw(),
  });
  const keys = createKeyReader((key: Key, byte: number) => shell.key(key, byte));
  const show = async (): Promise<void> => {
    const opened = await ports.openTerminal({
      enter: linear ? '' : enterScreen,
      leave: linear ? '' : leaveScreen,
      onBytes: (bytes) => keys.feed(bytes),
      onResize: () => {
        shell.resized();
        // Lines that stand there are not said anew.
        if (!linear) face?.redraw();
      },
    });
    terminal = opened;
    shell.resized();
    face = linear ? createLinearFace(shell, opened) : createInkFace(shell, opened);
  };
  const hide = (): void => {
    face?.close();
    face = undefined;
    terminal?.close();
    terminal = undefined;
  };
  const suspend = async (): Promise<void> => {
    if (terminal === undefined) return;
    shell.cover();
    hide();
    try {
      await shell.away(() => ports.suspend());
    } finally {
      await show();
    }
  };
  ports.interrupted.addEventListener('abort', () => quit(), { once: true });
  try {
    void shell.link.connect();
    await show();
    await ended;
  } finally {
    keys.close();
    shell.close();
    hide();
  }
}

/** Lines have room for everything. */
const endless = 1000;

/** A terminal that does not tell its size is taken for one of 80 × 24. */
function sizeOf(terminal: UiTerminal | undefined): WindowSize {
  return { columns: numberOr(terminal?.columns, 80), rows: numberOr(terminal?.rows, 24) };
}

const numberOr = (value: number | undefined, instead: number): number =>
  value === undefined || value === 0 ? instead : value;
