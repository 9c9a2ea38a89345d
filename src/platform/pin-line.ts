import { fstatSync, readSync } from 'node:fs';
import { Socket, type SocketConstructorOpts } from 'node:net';
import { isatty } from 'node:tty';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import { Secret, wipeableBytes } from '../core/secret.js';

const maxLength = 64;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Reads lines of bytes from a descriptor that is no terminal, without a string ever holding them. What follows the last
 * one in a pipe is left or wiped. Whoever gets them wipes them.
 *
 * @throws {MiddlewareError} ERR_USAGE when the descriptor is a terminal (where they would be seen), or a line is empty
 *   or longer than 64 bytes, or there are fewer, or it cannot be read. `reason` says which.
 */
export async function readPinLines(count: number, descriptor = 0): Promise<readonly Secret[]> {
  if (isatty(descriptor)) throw unusable('pinTerminal');
  const lines = new LineCollector(count);
  try {
    await readInto(lines, descriptor);
    return lines.take();
  } finally {
    lines.wipe();
  }
}

/** Reads one line. @throws {MiddlewareError} as {@link readPinLines}. */
export async function readPinLine(descriptor = 0): Promise<Secret> {
  const [line] = await readPinLines(1, descriptor);
  if (line === undefined) throw unusable('pinEmpty');
  return line;
}

async function readInto(lines: LineCollector, descriptor: number): Promise<void> {
  try {
    if (isStream(descriptor)) await readFromPipe(descriptor, lines);
    else readFromFile(descriptor, lines);
  } catch (error) {
    throw isMiddlewareError(error) ? error : unusable('pinUnreadable', error);
  }
}

/** Cuts bytes into lines, which lie outside the JavaScript heap. */
class LineCollector {
  readonly #count: number;
  readonly #line = wipeableBytes(maxLength);
  #length = 0;
  #complete: Secret[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  get full(): boolean {
    return this.#complete.length === this.#count;
  }

  push(byte: number): void {
    if (this.full) return;
    if (byte === lineFeed) this.#end();
    else if (this.#length === maxLength - 1) throw unusable('pinTooLong');
    else this.#line[this.#length++] = byte;
  }

  /** The lines; the end of the input ends the last one. */
  take(): readonly Secret[] {
    if (!this.full) this.#end();
    if (!this.full) throw unusable('pinLineMissing');
    const taken = this.#complete;
    this.#complete = [];
    return taken;
  }

  wipe(): void {
    this.#line.fill(0);
    for (const secret of this.#complete) secret.wipe();
  }

  #end(): void {
    const end = this.#line[this.#length - 1] === carriageReturn ? this.#length - 1 : this.#length;
    if (end === 0) throw unusable(this.#complete.length === 0 ? 'pinEmpty' : 'pinLineMissing');
    this.#complete.push(Secret.moveFrom(this.#line.subarray(0, end)));
    this.#line.fill(0);
    this.#length = 0;
  }
}

/** Whether Node can wait for it: not a file, nor a device such as /dev/null, which also stands in for a closed input. */
function isStream(descriptor: number): boolean {
  const kind = fstatSync(descriptor);
  return kind.isFIFO() || kind.isSocket();
}

/** Byte by byte, so that nothing after the lines is read. */
function readFromFile(descriptor: number, lines: LineCollector): void {
  const byte = wipeableBytes(1);
  try {
    while (!lines.full && readSync(descriptor, byte, 0, 1, null) === 1) lines.push(byte[0] ?? 0);
  } finally {
    byte.fill(0);
  }
}

function readFromPipe(descriptor: number, lines: LineCollector): Promise<void> {
  return new Promise((resolve, reject) => {
    const buffer = wipeableBytes(4096);
    const take = (bytes: Uint8Array): boolean => {
      try {
        for (const byte of bytes) lines.push(byte);
      } catch (error) {
        socket.destroy(error as Error);
      } finally {
        bytes.fill(0);
      }
      if (lines.full) socket.destroy();
      return !socket.destroyed;
    };
    const onread = { buffer, callback: (count: number) => take(buffer.subarray(0, count)) };
    const options: SocketConstructorOpts & Record<string, unknown> = { fd: descriptor, readable: true, onread };
    const socket: Socket = new Socket(options);
    socket.once('error', reject);
    socket.once('end', () => socket.destroy());
    socket.once('close', () => resolve());
    socket.read(0);
  });
}

function unusable(reason: string, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_USAGE', 'No usable PIN on standard input', { fields: { reason }, cause });
}
