import { fstatSync, readSync } from 'node:fs';
import { Socket, type SocketConstructorOpts } from 'node:net';
import { isatty } from 'node:tty';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import { Secret, wipeableBytes } from '../core/secret.js';

const maxLength = 64;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * Reads one line of bytes from a descriptor that is no terminal, without a string ever holding it. What follows the
 * line in a pipe is left or wiped.
 *
 * @throws {MiddlewareError} ERR_USAGE when the descriptor is a terminal (where the line would be seen), or the line is
 *   empty or longer than 64 bytes, or it cannot be read. `reason` says which.
 */
export async function readPinLine(descriptor = 0): Promise<Secret> {
  if (isatty(descriptor)) throw unusable('pinTerminal');
  const line = wipeableBytes(maxLength);
  try {
    const length = await readLine(descriptor, line);
    const end = line[length - 1] === carriageReturn ? length - 1 : length;
    if (end === 0) throw unusable('pinEmpty');
    return Secret.moveFrom(line.subarray(0, end));
  } finally {
    line.fill(0);
  }
}

async function readLine(descriptor: number, line: Uint8Array): Promise<number> {
  try {
    return await (isStream(descriptor) ? readFromPipe : readFromFile)(descriptor, line);
  } catch (error) {
    throw isMiddlewareError(error) ? error : unusable('pinUnreadable', error);
  }
}

/** Whether Node can wait for it: not a file, nor a device such as /dev/null, which also stands in for a closed input. */
function isStream(descriptor: number): boolean {
  const kind = fstatSync(descriptor);
  return kind.isFIFO() || kind.isSocket();
}

/** The length of the line, byte by byte so that nothing after it is read. */
function readFromFile(descriptor: number, line: Uint8Array): number {
  let length = 0;
  while (readSync(descriptor, line, length, 1, null) === 1) {
    if (line[length] === lineFeed) return length;
    length += 1;
    if (length === line.length) throw unusable('pinTooLong');
  }
  return length;
}

function readFromPipe(descriptor: number, line: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    const buffer = wipeableBytes(4096);
    let length = 0;
    const take = (bytes: Uint8Array): boolean => {
      const found = bytes.indexOf(lineFeed);
      const part = found < 0 ? bytes : bytes.subarray(0, found);
      const fits = length + part.length < line.length;
      if (fits) line.set(part, length);
      length += part.length;
      bytes.fill(0);
      if (found >= 0 || !fits) socket.destroy();
      return fits;
    };
    const onread = { buffer, callback: (count: number) => take(buffer.subarray(0, count)) };
    const options: SocketConstructorOpts & Record<string, unknown> = { fd: descriptor, readable: true, onread };
    const socket: Socket = new Socket(options);
    socket.once('error', reject);
    socket.once('end', () => socket.destroy());
    socket.once('close', () => (length < line.length ? resolve(length) : reject(unusable('pinTooLong'))));
    socket.read(0);
  });
}

function unusable(reason: string, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_USAGE', 'No usable PIN on standard input', { fields: { reason }, cause });
}
