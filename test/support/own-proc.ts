import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';

/** This process as /proc names it: another number than `process.pid` where /proc is of another PID namespace. */
export const pidInProc = readlinkSync('/proc/self');

/** Runs a program to its end with a /proc in which the process ids of this process are right; its standard output. */
export function runWithOwnProc(program: string, args: readonly string[]): Buffer {
  const maxBuffer = 64 << 20;
  if (pidInProc === String(process.pid)) return execFileSync(program, args, { maxBuffer, stdio: 'pipe' });
  const mountAndRun = ['sh', '-c', 'mount -t proc proc /proc && exec "$@"', 'sh', program, ...args];
  return execFileSync('unshare', ['--mount', '--propagation', 'private', ...mountAndRun], { maxBuffer, stdio: 'pipe' });
}
