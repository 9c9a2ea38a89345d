import { spawn } from 'node:child_process';

/** What a process said and how it ended. */
export interface ProcessResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Against hanging; default 60 000. */
  readonly timeoutMs?: number;
}

/** Runs a program to its end; a program that is not installed rejects. */
export type RunProcess = (program: string, args: readonly string[], options?: ProcessOptions) => Promise<ProcessResult>;

export const runProcess: RunProcess = (program, args, { env, cwd, timeoutMs = 60_000 } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
