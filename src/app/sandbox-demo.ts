import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DemoOptions, DemoReport } from '../cli/ports.js';
import { connect, type ControlClient } from '../client/client.js';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import { Secret, wipeableBytes } from '../core/secret.js';
import type { HistoryEvent } from '../model/history.js';
import type { TrustPolicy } from '../model/trust.js';
import { instancePaths } from '../platform/paths.js';
import { createSandboxRelyingParty, type TimedLogin } from '../sandbox/relying-party.js';
import { readPinLine } from '../platform/pin-line.js';
import { sandboxPin } from '../sandbox/sandbox-cards.js';
import { readTrustFolders } from './trust-folder.js';

type LoginEvent = Extract<HistoryEvent, { kind: 'login' }>;

const instance = 'demo';
/** Ctrl-C before the prompt is up, the terminal closed, and the system: each ends the demo and leaves nothing behind. */
const endings = ['SIGINT', 'SIGHUP', 'SIGTERM'] as const;
const startTimeoutMs = 20_000;

/**
 * A login from end to end by the built programs, in folders of its own that are gone afterwards.
 *
 * @throws {MiddlewareError} ERR_USAGE without a PIN on standard input; ERR_PIN_WRONG and ERR_PIN_MALFORMED for the one
 *   that was there; ERR_SANDBOX_LOGIN with the hint of a login that failed otherwise; ERR_ABORTED when told to stop.
 */
export async function runSandboxDemo(options: DemoOptions): Promise<DemoReport> {
  const pin = await pinFor(options.pin);
  try {
    return await runWithPin(options, pin);
  } finally {
    pin?.wipe();
  }
}

/** Read before anything is started, so that a missing one is told at once. Undefined for one that is typed. */
async function pinFor(source: DemoOptions['pin']): Promise<Secret | undefined> {
  if (source === 'terminal') return undefined;
  return source === 'stdin' ? await readPinLine() : Secret.moveFrom(Buffer.from(sandboxPin));
}

async function runWithPin({ language, bindingMessage }: DemoOptions, pin: Secret | undefined): Promise<DemoReport> {
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
      const wishes = { port, level: 3, trust: stage.trust(), bindingMessage } as const;
      const login = await stage.orInterrupted(party.login(wishes)).catch(async (error: unknown) => {
        throw pin === undefined ? error : await explainPin(error, client);
      });
      return { ...report(login, await lastLogin(client)), relyingPartyName: party.displayName[language] };
    } finally {
      client.close();
    }
  } catch (error) {
    // What fails while everything is being ended says nothing.
    throw stage.told ?? error;
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
    while (daemon.exitCode === null && daemon.signalCode === null && performance.now() < end) {
      const client = await connect({ socketPath }).catch(() => undefined);
      // The endpoint comes last: until then a login would find no port.
      if (client !== undefined && (await client.request('daemon.status', {})).loopback.listening) return client;
      client?.close();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new MiddlewareError('ERR_INTERNAL', 'kortd did not start', {
      cause: new Error(Buffer.concat(log).toString()),
    });
  }

  /** Attaches `kort prompt` as the PIN surface, and waits until the daemon has it and the card has been read. */
  async startPrompt(client: ControlClient, pin: Secret | undefined): Promise<void> {
    const args = ['--instance', instance, 'prompt', '--once', ...(pin === undefined ? [] : ['--pin-stdin'])];
    // Standard output is the demo's own answer; without a terminal the prompt speaks on standard error.
    const stdio: StdioOptions = pin === undefined ? 'inherit' : ['pipe', 'ignore', 'inherit'];
    const prompt = this.#spawn('kort.js', args, stdio);
    prompt.once('exit', () => this.#interrupted.abort(promptClosed()));
    if (pin !== undefined) handOver(pin, prompt);
    const { signal } = this.#interrupted;
    while (!signal.aborted) {
      const { daemon, readers } = await client.request('status.get', {});
      if (daemon.surfaces > 0 && readers.some(({ token }) => token !== undefined)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw signal.reason as Error;
  }

  /** Ends a login that nobody can answer any more: the prompt was closed, or the demo told to stop. */
  async orInterrupted<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#interrupted;
    const interrupted = new Promise<never>((_resolve, reject) => {
      const fail = (): void => {
        const reason = signal.reason as Error;
        // A prompt that has done its work ends too; its login is then verified within moments.
        if (isMiddlewareError(reason, 'ERR_PIN_CANCELLED')) setTimeout(() => reject(reason), 2000).unref();
        else reject(reason);
      };
      if (signal.aborted) fail();
      else signal.addEventListener('abort', fail, { once: true });
    });
    work.catch(() => undefined);
    interrupted.catch(() => undefined);
    return await Promise.race([work, interrupted]);
  }

  /** Why it ends, when it was told to. */
  get told(): MiddlewareError | undefined {
    const reason: unknown = this.#interrupted.signal.reason;
    return isMiddlewareError(reason, 'ERR_ABORTED') ? reason : undefined;
  }

  interrupt(): void {
    this.#interrupted.abort(new MiddlewareError('ERR_ABORTED', 'Demo was told to stop'));
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

const promptClosed = (): MiddlewareError => new MiddlewareError('ERR_PIN_CANCELLED', 'Prompt was closed');

/** Gives the PIN to the prompt as its one line of standard input; the copy that the pipe takes is wiped when it is sent. */
function handOver(pin: Secret, { stdin }: ChildProcess): void {
  // A prompt that has ended says so by its end.
  stdin?.on('error', () => undefined);
  const line = wipeableBytes(pin.length + 1).fill(0x0a);
  pin.use((bytes) => line.set(bytes));
  stdin?.end(line, () => line.fill(0));
}

/** Nobody sits at a prompt that reads its PIN: when it gave up, that PIN was wrong, or no card could have it. */
async function explainPin(error: unknown, client: ControlClient): Promise<unknown> {
  if (!isMiddlewareError(error, 'ERR_SANDBOX_LOGIN') || error.fields['hintCode'] !== 'userCancel') return error;
  const { entries } = await client.request('history.recent', { limit: 10 });
  const tried = entries.map((entry) => entry.event).findLast((event) => event.kind === 'pin-try');
  if (tried?.kind !== 'pin-try') return new MiddlewareError('ERR_PIN_MALFORMED', 'No card has such a PIN');
  const { attemptsRemaining } = tried;
  return new MiddlewareError('ERR_PIN_WRONG', 'Wrong PIN on standard input', { fields: { attemptsRemaining } });
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
