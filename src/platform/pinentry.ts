import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync } from 'node:fs';
import { Socket, type SocketConstructorOpts } from 'node:net';
import { MiddlewareError } from '../core/errors.js';
import { wipeableBytes, type Secret } from '../core/secret.js';
import type { DialogueEntry, DialogueWindow, PinDialogues } from '../model/pin-dialogue.js';
import { AssuanAnswers, type AssuanAnswer } from './assuan-answer.js';
import { boundCommand } from './bound-command.js';
import { socketPair } from './socket-pair.js';
import { dropTypedAhead } from './typed-ahead.js';

/** How a pinentry is run. */
export interface PinentryOptions {
  /** The file itself; see `pinentry-program.ts`. */
  readonly program: string;
  /** A terminal that it takes over, where it is one for terminals. */
  readonly terminal?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds for anything but an answer of the user, and for that. */
  readonly times?: { readonly startMs?: number; readonly answerMs?: number };
}

const defaultTimes = { startMs: 10_000, answerMs: 15 * 60_000 };

/** What a window needs of the environment; nothing that could load code into it. */
const passedOn = ['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS', 'HOME'];

/** How long a pinentry has to give a terminal back before it is killed. */
const graceMs = 500;

/** How often it is looked at whether the terminal is still there: most programs do not notice, and wait on. */
const terminalLookMs = 1000;

/** Bytes that one line of ours may have (libassuan, ASSUAN_LINELENGTH), the line feed not counted. */
const maxLineBytes = 1000;

// gpg-error.h: the user pressed the button for no, cancelled, closed the window, or let it stand too long.
const notConfirmed = 114;
const cancels: readonly number[] = [99, 198, 62];

/** A pinentry (GnuPG's dialogue programs, "Pinentry protocol") for each window. */
export function createPinentry(options: PinentryOptions): PinDialogues {
  const open = async (
    window: DialogueWindow & Partial<Pick<DialogueEntry, 'label'>>,
    command: string,
    signal: AbortSignal,
  ): Promise<AssuanAnswer> => {
    signal.throwIfAborted();
    const run = new PinentryRun(options);
    const onAbort = (): void => run.end(new MiddlewareError('ERR_ABORTED', 'Dialogue was closed'));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await run.ask(window, command);
    } finally {
      signal.removeEventListener('abort', onAbort);
      run.end(failure('ended'));
    }
  };
  return {
    async confirm(window, signal) {
      const answer = await open(window, 'CONFIRM', signal);
      if (!('error' in answer)) return 'ok';
      if (answer.error === notConfirmed) return window.notOk === undefined ? 'cancel' : 'notOk';
      return cancelled(answer.error);
    },
    async message(window, signal) {
      const answer = await open(window, 'MESSAGE', signal);
      if ('error' in answer && answer.error !== notConfirmed) cancelled(answer.error);
    },
    async getPin(entry, signal): Promise<Secret | undefined> {
      const answer = await open(entry, 'GETPIN', signal);
      if (!('error' in answer)) return answer.data;
      cancelled(answer.error);
      return undefined;
    },
  };
}

function cancelled(code: number): 'cancel' {
  if (cancels.includes(code)) return 'cancel';
  // It has no screen, no terminal, or too small a one.
  throw failure('start', { errorCode: code });
}

/** One process, one window. */
class PinentryRun {
  readonly #times: Required<NonNullable<PinentryOptions['times']>>;
  readonly #options: PinentryOptions;
  readonly #child: ChildProcess;
  readonly #socket: Socket;
  readonly #buffer = wipeableBytes(4096);
  readonly #answers = new AssuanAnswers((answer) => this.#answered(answer));
  #ended: MiddlewareError | undefined;
  #terminalLook: NodeJS.Timeout | undefined;
  #waiter: { readonly resolve: (answer: AssuanAnswer) => void; readonly reject: (error: Error) => void } | undefined;

  constructor(options: PinentryOptions) {
    this.#options = options;
    this.#times = { ...defaultTimes, ...options.times };
    const [ours, theirs] = socketPair();
    const { terminal } = options;
    const [program, args] = boundCommand(options.program, terminal === undefined ? [] : ['--ttyname', terminal]);
    try {
      this.#child = spawn(program, args, {
        stdio: [theirs, theirs, 'ignore'],
        env: environmentOf(options),
        cwd: '/',
      });
    } catch (cause) {
      closeSync(ours);
      throw failure('start', {}, cause);
    } finally {
      closeSync(theirs);
    }
    const onread = { buffer: this.#buffer, callback: (length: number) => this.#read(length) };
    const socketOptions: SocketConstructorOpts & Record<string, unknown> = {
      ...{ fd: ours, onread, readable: true, writable: true },
    };
    this.#socket = new Socket(socketOptions);
    this.#child.once('error', () => this.end(failure('start')));
    this.#socket.once('error', () => this.end(failure('ended')));
    this.#socket.once('close', () => this.end(failure('ended')));
    // The greeting may have to be waited for before anything is.
    this.#socket.resume();
    if (terminal !== undefined) this.#endWithout(terminal);
  }

  async ask(window: DialogueWindow & Partial<Pick<DialogueEntry, 'label'>>, command: string): Promise<AssuanAnswer> {
    const { startMs, answerMs } = this.#times;
    const settings = settingLines(window, this.#options, answerMs).map((line) => Buffer.from(line, 'utf8'));
    if (settings.some(({ length }) => length > maxLineBytes)) throw failure('too-long');
    const greeting = await this.#answer(startMs);
    if ('error' in greeting) throw failure('start', { errorCode: greeting.error });
    // One that does not know an option or a text goes on without it; the text itself has to stand there.
    for (const line of settings) {
      const { error } = asError(await this.#send(line, startMs));
      if (error !== undefined && line.toString().startsWith('SETDESC')) throw failure('start', { errorCode: error });
    }
    const { terminal } = this.#options;
    // It would stand in the window as the beginning of the PIN, and cost a try.
    if (terminal !== undefined) dropTypedAhead(terminal);
    return await this.#send(Buffer.from(command), answerMs);
  }

  end(error: MiddlewareError): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    clearInterval(this.#terminalLook);
    this.#waiter?.reject(error);
    this.#waiter = undefined;
    this.#answers.wipe();
    this.#buffer.fill(0);
    this.#socket.destroy();
    stop(this.#child);
  }

  #endWithout(terminal: string): void {
    const look = (): void => {
      if (!existsSync(terminal)) this.end(failure('ended'));
    };
    this.#terminalLook = setInterval(look, terminalLookMs).unref();
  }

  async #send(line: Uint8Array, limitMs: number): Promise<AssuanAnswer> {
    if (this.#ended !== undefined) throw this.#ended;
    const answer = this.#answer(limitMs);
    this.#socket.write(Buffer.concat([line, Buffer.from('\n')]));
    return await answer;
  }

  async #answer(limitMs: number): Promise<AssuanAnswer> {
    if (this.#ended !== undefined) throw this.#ended;
    const timer = setTimeout(() => this.end(failure('timeout')), limitMs);
    try {
      return await new Promise((resolve, reject) => (this.#waiter = { resolve, reject }));
    } finally {
      clearTimeout(timer);
    }
  }

  #read(length: number): boolean {
    const bytes = this.#buffer.subarray(0, length);
    try {
      this.#answers.push(bytes);
    } catch (error) {
      this.end(error as MiddlewareError);
    } finally {
      bytes.fill(0);
    }
    return this.#ended === undefined;
  }

  /** An answer that nothing was asked for breaks the protocol. */
  #answered(answer: AssuanAnswer): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter === undefined) {
      if ('data' in answer) answer.data.wipe();
      this.end(failure('protocol'));
    } else waiter.resolve(answer);
  }
}

function settingLines(
  { title, text, error, ok, cancel, notOk, label }: DialogueWindow & Partial<Pick<DialogueEntry, 'label'>>,
  { terminal }: PinentryOptions,
  answerMs: number,
): readonly string[] {
  const optional = (word: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [`${word} ${escape(value)}`];
  return [
    ...optional('OPTION ttyname=', terminal).map((line) => line.replace('= ', '=')),
    ...(terminal === undefined ? [] : ['OPTION ttytype=xterm']),
    'OPTION lc-ctype=C.UTF-8',
    // For one that nobody is there any more to close; otherwise we do that before.
    `SETTIMEOUT ${Math.ceil((answerMs + graceMs) / 1000)}`,
    ...optional('SETTITLE', title),
    ...optional('SETPROMPT', label),
    ...optional('SETOK', ok),
    ...optional('SETCANCEL', cancel),
    ...optional('SETNOTOK', notOk),
    ...optional('SETERROR', error),
    ...optional('SETDESC', text),
  ];
}

/** Libassuan manual, "Client requests": per cent signs and line ends as %XX. */
function escape(text: string): string {
  return text.replace(/[%\r\n]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

function asError(answer: AssuanAnswer): { readonly error?: number } {
  if ('error' in answer) return answer;
  // No setting is answered with data; if it was, it is not ours to keep.
  answer.data.wipe();
  return {};
}

function environmentOf({ env, terminal }: PinentryOptions): Record<string, string> {
  const kept = passedOn.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  const tty = terminal === undefined ? {} : { GPG_TTY: terminal, TERM: 'xterm' };
  return { ...Object.fromEntries(kept), ...tty, PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };
}

/** One for terminals needs a moment to give the terminal back. */
function stop(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.once('exit', () => clearTimeout(timer));
}

function failure(reason: string, fields: Readonly<Record<string, number>> = {}, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_PIN_DIALOGUE', 'Dialogue program cannot be used', {
    fields: { reason, ...fields },
    cause,
  });
}
