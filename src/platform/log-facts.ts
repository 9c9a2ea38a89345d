import { open } from 'node:fs/promises';
import type { LogFacts } from '../model/machine.js';

const tailBytes = 1 << 18;
/** pino's number for `error`. */
const errorLevel = 50;

/** A daemon's log; undefined while there is none, or it cannot be read. */
export async function readLogFacts(path: string): Promise<LogFacts | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const tail = Buffer.alloc(Math.min(size, tailBytes));
    const { bytesRead } = await file.read(tail, 0, tail.length, size - tail.length);
    const lines = tail.subarray(0, bytesRead).toString('utf8').split('\n');
    return { bytes: size, errors: lines.flatMap(errorOfLine) };
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

/** Our own messages are fixed texts; what they are about is in other fields, which are left where they are. */
function errorOfLine(line: string): LogFacts['errors'] {
  try {
    const { level, time, msg } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const isError = typeof level === 'number' && level >= errorLevel;
    return isError && typeof time === 'number' && typeof msg === 'string' ? [{ time, message: msg.slice(0, 200) }] : [];
  } catch {
    return [];
  }
}
