import { execFile, spawn } from 'node:child_process';

/** How a program of the system ended. */
export interface ProgramEnd {
  /** Undefined when it is not installed, or cannot be run. */
  readonly code: number | undefined;
  readonly output: string;
}

/** Runs a program of the system to its end, which may take 10 s; its arguments reach it as they are, through no shell. */
export function runProgram(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: 10_000, encoding: 'utf8', windowsHide: true }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
      resolve({ code, output: stdout + stderr });
    });
  });
}

/** A program that ends with a fault does so soon; one that shows a window goes on. */
const settleMs = 5000;

/**
 * Starts a program that may outlive this one, through no shell. Whether it could be started and did not end with a fault
 * within the first seconds.
 */
export function startProgram(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { detached: true, stdio: 'ignore' });
    const settle = (started: boolean): void => {
      clearTimeout(timer);
      child.unref();
      resolve(started);
    };
    const timer = setTimeout(() => settle(true), settleMs);
    child.once('error', () => settle(false));
    child.once('exit', (code) => settle(code === 0));
  });
}
