import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { render } from 'ink';
import type { UiTerminal } from '../ports.js';
import { createFrameWriter } from './frame-writer.js';
import type { Face, FaceSource } from './face.js';
import { Root } from './root.js';

/**
 * The full screen, laid out by ink. ink never reads a key and never writes to the terminal: with `debug` it hands over
 * each frame whole and at once, whatever the environment says of CI, and the frame writer puts out what differs.
 */
export function createInkFace(source: FaceSource, terminal: UiTerminal): Face {
  const writer = createFrameWriter((text) => terminal.write(text));
  let isOver = false;
  const stdout = Object.assign(new EventEmitter(), {
    get columns() {
      return source.size().columns;
    },
    get rows() {
      return source.size().rows;
    },
    isTTY: false,
    write: (text: string): boolean => {
      if (!isOver) writer.frame(text);
      return true;
    },
  });
  const { rerender, unmount } = render(<Root source={source} />, {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stdout as unknown as NodeJS.WriteStream,
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: false,
  });
  return {
    redraw() {
      writer.forget();
      // A frame that is like the one before is handed over too.
      rerender(<Root source={source} />);
    },
    close() {
      isOver = true;
      unmount();
    },
  };
}
