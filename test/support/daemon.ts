import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, existsSync, openSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, type ControlClient } from '../../src/client/client.js';

/** The built programs; `scripts/test` builds before it tests. */
export const kortProgram = resolve('dist/bin/kort.js');
export const kortdProgram = resolve('dist/bin/kortd.cjs');

/** Private folders for one test, and the environment that makes the programs use them. */
export class PrivateHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'kort-'));
  readonly env: NodeJS.ProcessEnv;

  constructor(extra: NodeJS.ProcessEnv = {}) {
    this.env = {
      PATH: process.env['PATH'],
      HOME: this.folder,
      XDG_RUNTIME_DIR: join(this.folder, 'run'),
      XDG_STATE_HOME: join(this.folder, 'state'),
      XDG_CONFIG_HOME: join(this.folder, 'config'),
      LANG: 'C',
      TZ: 'UTC',
      ...extra,
    };
  }

  /** Processes that use the folders; whatever a failed test left running ends with them. */
  readonly processes = new Set<ChildProcess>();

  remove(): void {
    for (const child of this.processes) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A running daemon of the built program. */
export interface RunningDaemon {
  readonly process: ChildProcess;
  readonly client: ControlClient;
  readonly socketPath: string;
  log(): string;
  /** Asks it to stop by the control socket and resolves with its exit code. */
  stop(): Promise<number | null>;
}

/**
 * Starts `kortd` and connects to its control socket; the caller stops it.
 *
 * @param before - a program with its arguments that becomes the command after them.
 */
export async function startDaemon(
  home: PrivateHome,
  instance: string,
  args: readonly string[],
  before: readonly string[] = [],
): Promise<RunningDaemon> {
  const logPath = join(home.folder, `${instance}.log`);
  const log = openSync(logPath, 'a');
  const [program = '', ...more] = [...before, process.execPath, kortdProgram, '--instance', instance, ...args];
  const child = spawn(program, more, {
    env: home.env,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  home.processes.add(child);
  child.once('exit', () => home.processes.delete(child));
  const socketPath = join(home.folder, 'run', 'kort', instance, 'control.sock');
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const client = await connectWhenReady(socketPath, child, () => readFileSync(logPath, 'utf8'));
  return {
    process: child,
    client,
    socketPath,
    log: () => readFileSync(logPath, 'utf8'),
    stop: async () => {
      if (child.exitCode === null) {
        await client.request('daemon.stop', {}).catch(() => child.kill('SIGTERM'));
      }
      const code = await Promise.race([ended, delay(15_000, undefined, { ref: false })]);
      if (code === undefined) {
        child.kill('SIGKILL');
        throw new Error(`kortd did not stop:\n${readFileSync(logPath, 'utf8')}`);
      }
      client.close();
      return code;
    },
  };
}

async function connectWhenReady(socketPath: string, child: ChildProcess, log: () => string): Promise<ControlClient> {
  for (let tries = 0; tries < 1200; tries += 1) {
    if (child.exitCode !== null) break;
    if (existsSync(socketPath)) {
      const client = await connect({ socketPath }).catch(() => undefined);
      if (client !== undefined) return client;
    }
    await delay(50);
  }
  child.kill('SIGKILL');
  throw new Error(`kortd did not start:\n${log()}`);
}
