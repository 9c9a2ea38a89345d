import { spawn } from 'node:child_process';
import type { DoctorCheckName, DoctorFinding, DoctorReport } from '../../src/model/doctor.js';
import { kortProgram, type PrivateHome } from './daemon.js';

/** What `kort doctor` is run with. */
export interface DoctorRun {
  readonly home: PrivateHome;
  readonly instance?: string;
  readonly check?: readonly DoctorCheckName[];
  readonly env?: NodeJS.ProcessEnv;
  readonly more?: readonly string[];
}

/** How a run ended, and everything that it wrote. */
export interface EndedRun {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs the built program with the folders of a test, and with no variable but those that are given. */
export async function runKort(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<EndedRun> {
  return await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [kortProgram, ...args], {
      ...{ env, cwd, timeout: 50_000, killSignal: 'SIGKILL' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let error = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (error += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, error }));
  });
}

/** `kort doctor --json`: what it found, and its exit code. */
export async function runDoctor({ home, instance = 'default', check = [], env = {}, more = [] }: DoctorRun) {
  const args = ['doctor', '--json', '--instance', instance, ...check.flatMap((name) => ['--check', name]), ...more];
  const { code, out, error } = await runKort(args, { ...home.env, ...env }, home.folder);
  // Node itself complains of some variables.
  if (out === '') throw new Error(`kort doctor wrote: ${error}${out}`);
  const report = JSON.parse(out) as DoctorReport;
  const findings = report.checks.flatMap((result): readonly DoctorFinding[] => result.findings);
  return { code, report, findings };
}
