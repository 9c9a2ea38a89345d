import { execFileSync } from 'node:child_process';
import { mkdtempSync, readlinkSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** This process as /proc names it: another number than `process.pid` where /proc is of another PID namespace. */
export const pidInProc = readlinkSync('/proc/self');

/** Runs a program to its end with a /proc in which the process ids of this process are right; its standard output. */
export function runWithOwnProc(program: string, args: readonly string[]): Buffer {
  const maxBuffer = 64 << 20;
  if (pidInProc === String(process.pid)) return execFileSync(program, args, { maxBuffer, stdio: 'pipe' });
  const mountAndRun = ['sh', '-c', 'mount -t proc proc /proc && exec "$@"', 'sh', program, ...args];
  return execFileSync('unshare', ['--mount', '--propagation', 'private', ...mountAndRun], { maxBuffer, stdio: 'pipe' });
}

/** A /proc in which the process ids of this process are right: mounted apart where the system's own is another's. */
export function mountOwnProc(): { readonly path: string; close(): void } {
  if (pidInProc === String(process.pid)) return { path: '/proc', close: () => undefined };
  const path = mkdtempSync(join(tmpdir(), 'kort-proc-'));
  execFileSync('mount', ['-t', 'proc', 'proc', path]);
  return {
    path,
    close: () => {
      execFileSync('umount', [path]);
      rmdirSync(path);
    },
  };
}
