import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DemoOptions, DemoReport } from '../cli/ports.js';
import { connect, type ControlClient } from '../client/client.js';
import { MiddlewareError } from '../core/errors.js';
import type { HistoryEvent } from '../model/history.js';
import type { TrustPolicy } from '../model/trust.js';
import { instancePaths } from '../platform/paths.js';
import { createSandboxRelyingParty, type TimedLogin } from '../sandbox/relying-party.js';
import { sandboxPin } from '../sandbox/sandbox-cards.js';
import { readTrustFolders } from './trust-folder.js';

type LoginEvent = Extract<HistoryEvent, { kind: 'login' }>;

const instance = 'demo';
/** Ctrl-C before the prompt is up, the terminal closed, and the system: each ends the demo and leaves nothing behind. */
const endings = ['SIGINT', 'SIGHUP', 'SIGTERM'] as const;
const startTimeoutMs = 20_000;

/** A login from end to end by the built programs, in folders of its own that are gone afterwards. */
export async function runSandboxDemo({ pin, language }: DemoOptions): Promise<DemoReport> {
  const folder = mkdtempSync(join(tmpdir(), 'kort-demo-'));
  const stage = new Stage(folder, language);
  const stopOnSignal = (): void => stage.interrupt();
  for (const signal of endings) process.once(signal, stopOnSignal);
  try {
    const client = await stage.startDaemon();
    try {
      const party = createSandboxRelyingParty();
      await client.request('rp.add', { entry: party.entry });
      const { loopback } = await client.request('daemon.status', {});
      const { port } = loopback;
      await stage.startPrompt(client, pin);
      const login = await stage.orInterrupted(party.login({ port, level: 3, trust: stage.trust() }));
      return { ...report(login, await lastLogin(client)), relyingPartyName: party.displayName[language] };
    } finally {
      client.close();
    }
  } finally {
    for (const signal of endings) process.off(signal, stopOnSignal);
    await stage.close();
  }
}

/** The processes of one demo and the folders that they share. */
class Stage {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #children: ChildProcess[] = [];
  readonly #interrupted = new AbortController();

  constructor(folder: string, language: string) {
    this.#folder = folder;
    this.#env = {
      ...process.env,
      KORT_LANG: language,
      HOME: folder,
      XDG_RUNTIME_DIR: join(folder, 'run'),
      XDG_STATE_HOME: join(folder, 'state'),
      XDG_CONFIG_HOME: join(folder, 'config'),
    };
  }

  async startDaemon(): Promise<ControlClient> {
    const daemon = this.#spawn(
      'kortd.cjs',
      ['--instance', instance, '--sandbox', '--port', '0'],
      ['ignore', 'pipe', 'pipe'],
    );
    const { controlSocket: socketPath } = this.#paths();
    const log: Buffer[] = [];
    daemon.stderr?.on('data', (chunk: Buffer) => log.push(chunk));
    const end = performance.now() + startTimeoutMs;
    while (daemon.exitCode === null && performance.now() < end) {
      const client = await connect({ socketPath }).catch(() => undefined);
      // The endpoint comes last: until then a login would find no port.
      if (client !== undefined && (await client.request('daemon.status', {})).loopback.listening) return client;
      client?.close();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new MiddlewareError('ERR_IPC_DAEMON_UNREACHABLE', 'kortd did not start', {
      cause: new Error(Buffer.concat(log).toString()),
    });
  }

  /** Attaches `kort prompt` as the PIN surface, and waits until the daemon has it and the card has been read. */
  async startPrompt(client: ControlClient, pin: DemoOptions['pin']): Promise<void> {
    const args = ['--instance', instance, 'prompt', '--once', ...(pin === 'terminal' ? [] : ['--pin-stdin'])];
    // Standard output is the demo's own answer; without a terminal the prompt speaks on standard error.
    const stdio: StdioOptions =
      pin === 'terminal' ? 'inherit' : [pin === 'stdin' ? 'inherit' : 'pipe', 'ignore', 'inherit'];
    const prompt = this.#spawn('kort.js', args, stdio);
    prompt.once('exit', () => this.interrupt());
    if (pin === 'sandbox') prompt.stdin?.end(`${sandboxPin}\n`);
    while (!this.#interrupted.signal.aborted) {
      const { daemon, readers } = await client.request('status.get', {});
      if (daemon.surfaces > 0 && readers.some(({ token }) => token !== undefined)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends a login that nobody can answer any more: the prompt was closed, or the demo told to stop. */
  async orInterrupted<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#interrupted;
    const interrupted = new Promise<never>((_resolve, reject) => {
      const fail = (): void => {
        // A prompt that has done its work ends too; its login is then verified within moments.
        setTimeout(() => reject(new MiddlewareError('ERR_PIN_CANCELLED', 'Prompt was closed')), 2000).unref();
      };
      if (signal.aborted) fail();
      else signal.addEventListener('abort', fail, { once: true });
    });
    work.catch(() => undefined);
    interrupted.catch(() => undefined);
    return await Promise.race([work, interrupted]);
  }

  interrupt(): void {
    this.#interrupted.abort();
  }

  trust(): TrustPolicy {
    // As a relying party would be given it: the CA certificates, nothing else of the sandbox.
    return readTrustFolders([{ path: join(this.#paths().state, 'sandbox'), source: 'user' }], (problem) => {
      throw problem;
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#children.map(end));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #paths() {
    return instancePaths(instance, { env: this.#env, home: this.#folder, uid: -1, isOwnFolder: () => false });
  }

  #spawn(name: 'kort.js' | 'kortd.cjs', args: readonly string[], stdio: StdioOptions): ChildProcess {
    const program = fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));
    const child = spawn(process.execPath, [program, ...args], { env: this.#env, stdio });
    this.#children.push(child);
    return child;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function lastLogin(client: ControlClient): Promise<LoginEvent> {
  const { entries } = await client.request('history.recent', { limit: 10 });
  const event = entries.map((entry) => entry.event).findLast((candidate) => candidate.kind === 'login');
  if (event?.kind === 'login') return event;
  throw new MiddlewareError('ERR_INTERNAL', 'The login is not in the history');
}

function report(timed: TimedLogin, event: LoginEvent): Omit<DemoReport, 'relyingPartyName'> {
  const { login, startMs, answerMs, verifyMs } = timed;
  const cardMs = event.cardMs ?? 0;
  const round = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;
  return {
    verified: true,
    subject: login.subject,
    holder: login.certificate.person.commonName,
    level: login.level,
    relyingParty: event.relyingParty,
    launcher: login.launcher,
    apduCount: event.apduCount ?? 0,
    durationMs: round(startMs + answerMs + verifyMs),
    times: {
      startMs: round(startMs),
      userMs: round(answerMs - cardMs),
      cardMs: round(cardMs),
      verifyMs: round(verifyMs),
    },
  };
}
