import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import { frameHeader, FrameDecoder, maxAnswerBytes, type Frame } from './frames.js';
import { hostEnvironment } from './host-environment.js';
import { requestKinds, type RequestKind } from './protocol.js';
import { failedAnswer, type Codec } from './protocol-codec.js';
import { errorOfReturnValue } from './return-values.js';
import { malformedFrame, WireReader, WireWriter } from './wire.js';

/** How the host program is run; tests run its source. */
export interface HostProgram {
  readonly file: string;
  readonly nodeArguments: readonly string[];
}

/** The one beside this file. */
export const builtHostProgram: HostProgram = {
  file: fileURLToPath(new URL('./module-host.js', import.meta.url)),
  nodeArguments: ['--max-old-space-size=64'],
};

/** How long each kind of request may take, milliseconds; then the process is killed. */
export type Deadlines = Readonly<Record<RequestKind, number>>;

export const defaultDeadlines: Deadlines = {
  load: 20_000,
  poll: 10_000,
  read: 30_000,
  use: 60_000,
  // Cards take a minute and more to make an RSA key.
  work: 120_000,
  end: 10_000,
};

/** What a process is started with. */
export interface ModuleProcessOptions {
  /** For errors. */
  readonly module: string;
  readonly program: HostProgram;
  /** What the vendor's code needs besides the usual variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Called once, when the process has ended for whatever reason. */
  onEnd(reason: MiddlewareError): void;
}

/** One request. */
export interface ModuleCall<T> {
  readonly kind: RequestKind;
  readonly deadlineMs: number;
  readonly write: (writer: WireWriter) => void;
  readonly answer: Codec<T>;
}

interface PendingCall {
  readonly id: number;
  resolve(frame: Frame): void;
  reject(error: MiddlewareError): void;
}

/**
 * Of util-linux: a child started by them is killed by the kernel when we end, even while it is stopped; and leaves no
 * core file when it crashes, as vendors' modules do, perhaps in the middle of C_Login with the PIN in memory.
 */
const wrappers = [
  ['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--'],
  ['/usr/bin/prlimit', '--core=1', '--'],
] as const;

function startHost({ program: { file, nodeArguments }, environment }: ModuleProcessOptions): ChildProcess {
  const host = [process.execPath, ...nodeArguments, file, String(process.pid)] as const;
  const bounds = process.platform === 'linux' ? wrappers.filter(([program]) => existsSync(program)) : [];
  const [command, ...args] = [...bounds.flat(), ...host];
  return spawn(command, args, {
    cwd: '/',
    env: hostEnvironment(process.env, environment),
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    windowsHide: true,
  });
}

/**
 * One life of a module's process. Requests go one at a time, the caller sees to that. The first thing that is not as
 * agreed, in form or in time, ends it by SIGKILL, which nothing can hold up; what it prints goes nowhere.
 */
export class ModuleProcess {
  readonly #options: ModuleProcessOptions;
  /** Undefined when the system has no process or no handles left for us. */
  readonly #child: ChildProcess | undefined;
  readonly #pipe: Duplex | undefined;
  readonly #decoder = new FrameDecoder(maxAnswerBytes);
  #pending: PendingCall | undefined;
  #nextId = 1;
  #ended: MiddlewareError | undefined;

  constructor(options: ModuleProcessOptions) {
    this.#options = options;
    try {
      this.#child = startHost(options);
    } catch {
      queueMicrotask(() => this.end(this.#failure('ERR_MODULE_UNAVAILABLE', 'Process cannot be started')));
      return;
    }
    this.#child.once('error', () => this.end(this.#failure('ERR_MODULE_UNAVAILABLE', 'Process cannot be started')));
    this.#child.once('exit', () => this.end(this.#failure('ERR_MODULE_CRASHED', 'Process of the module ended')));
    // Without handles left there are no streams either, against what the types say.
    this.#pipe = (this.#child.stdio as ChildProcess['stdio'] | undefined)?.[3] as Duplex | undefined;
    this.#pipe?.on('data', (chunk: Uint8Array) => this.#receive(chunk));
    this.#pipe?.on('error', () => this.end(this.#failure('ERR_MODULE_CRASHED', 'Pipe to the module broke')));
    this.#pipe?.on('end', () => this.end(this.#failure('ERR_MODULE_CRASHED', 'Process of the module hung up')));
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * @throws {MiddlewareError} what the module's return value means; ERR_MODULE_CRASHED, ERR_MODULE_TIMEOUT and
   *   ERR_MODULE_RESPONSE, after which the process is gone.
   */
  async call<T>({ kind, deadlineMs, write, answer }: ModuleCall<T>): Promise<T> {
    if (this.#ended !== undefined) throw this.#ended;
    const timer = setTimeout(
      () => this.end(this.#failure('ERR_MODULE_TIMEOUT', `Module does not answer to ${kind}`)),
      deadlineMs,
    );
    try {
      const frame = await this.#send(kind, write);
      return this.#parse(frame, answer);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the process now; a call under way rejects with the reason. */
  end(reason: MiddlewareError): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#child?.kill('SIGKILL');
    this.#pipe?.destroy();
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.reject(reason);
    this.#options.onEnd(reason);
  }

  async #send(kind: RequestKind, write: (writer: WireWriter) => void): Promise<Frame> {
    const id = this.#nextId;
    this.#nextId += 1;
    const writer = new WireWriter();
    write(writer);
    const payload = writer.finish();
    return await new Promise<Frame>((resolve, reject) => {
      this.#pending = { id, resolve, reject };
      this.#pipe?.write(frameHeader(id, requestKinds.indexOf(kind), payload.length));
      // Node writes small chunks at once; where it could not, the bytes are needed until it has.
      this.#pipe?.write(payload, () => writer.wipe());
    });
  }

  #receive(chunk: Uint8Array): void {
    if (this.#ended !== undefined) return;
    try {
      this.#decoder.push(chunk, (frame) => this.#accept(frame));
    } catch (error) {
      this.end(this.#named(error));
    }
  }

  #accept(frame: Frame): void {
    const pending = this.#pending;
    if (pending?.id !== frame.id) throw malformedFrame('nobody asked for it');
    this.#pending = undefined;
    pending.resolve(frame);
  }

  #parse<T>({ kind, payload }: Frame, answer: Codec<T>): T {
    try {
      const reader = new WireReader(payload);
      if (kind === 0) {
        const value = answer.read(reader);
        reader.end();
        return value;
      }
      if (kind !== 1) throw malformedFrame('unknown kind');
      const { returnValue, message } = failedAnswer.read(reader);
      throw errorOfReturnValue(this.#options.module, returnValue, `Module answers: ${message}`);
    } catch (error) {
      const failure = this.#named(error);
      if (failure.code === 'ERR_MODULE_RESPONSE') this.end(failure);
      throw failure;
    }
  }

  #failure(
    code: 'ERR_MODULE_UNAVAILABLE' | 'ERR_MODULE_CRASHED' | 'ERR_MODULE_TIMEOUT',
    text: string,
  ): MiddlewareError {
    return new MiddlewareError(code, text, { fields: { module: this.#options.module }, retriable: true });
  }

  #named(error: unknown): MiddlewareError {
    const code = isMiddlewareError(error) ? error.code : 'ERR_MODULE_RESPONSE';
    return new MiddlewareError(code, error instanceof Error ? error.message : 'Unreadable answer', {
      fields: { module: this.#options.module },
      retriable: code === 'ERR_MODULE_RESPONSE',
      cause: error,
    });
  }
}
