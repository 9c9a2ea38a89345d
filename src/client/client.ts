import { createConnection, type Socket } from 'node:net';
import { MiddlewareError, type ErrorCode, type ErrorFields } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import type { RpcAnswer, RpcRequest } from '../control-contract/envelope.js';
import { createFrameDecoder } from '../control-contract/frame-decoder.js';
import { encodeFrame, encodeJson, frameKinds } from '../control-contract/frames.js';
import type { ControlEvent, ControlEvents, ControlMethod, ParamsOf, ResultOf } from '../control-contract/methods.js';
import { encodePinFrame } from './pin-frame.js';

export { Secret } from '../core/secret.js';

/** Where to connect. */
export interface ConnectOptions {
  /** Path of the daemon's control socket, or name of its pipe. */
  readonly socketPath: string;
  /** What opens each connection, where the daemon asks for it (Windows). */
  readonly key?: Uint8Array;
  /** How long to wait for each answer, milliseconds; default 30 000. */
  readonly timeoutMs?: number;
}

/** A connection to the daemon. */
export interface ControlClient {
  /**
   * Calls a method.
   *
   * @throws {MiddlewareError} with the daemon's code (a code that this version does not know survives as it is);
   *   ERR_IPC_DAEMON_UNREACHABLE when the connection ends or the answer does not come in time.
   */
  request<M extends ControlMethod>(
    method: M,
    params: ParamsOf<M>,
    options?: { /** Instead of the connection's own, milliseconds. */ readonly timeoutMs?: number },
  ): Promise<ResultOf<M>>;
  /** Calls back for each event of this name; returns how to stop. */
  on<E extends ControlEvent>(event: E, listener: (payload: ControlEvents[E]) => void): () => void;
  /**
   * Sends a PIN in a frame of its own, as the answer to the state of the prompt, or as the code of the operation, that
   * `ticket` names, and wipes what it wrote. The secret itself is left to the caller. Resolves when it is sent; a refusal comes as `prompt.refused`.
   */
  sendPin(ticket: string, pin: Secret, options: { readonly lastTryConsent: boolean }): Promise<void>;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>;
  close(): void;
}

/**
 * Connects to a daemon.
 *
 * @throws {MiddlewareError} ERR_IPC_DAEMON_UNREACHABLE when none answers there, ERR_IPC_UNAUTHORIZED when the socket is
 *   not ours to open.
 */
export async function connect(options: ConnectOptions): Promise<ControlClient> {
  const socket = createConnection(options.socketPath);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (error: NodeJS.ErrnoException) => reject(connectError(error)));
  });
  if (options.key !== undefined) socket.write(encodeFrame(frameKinds.key, options.key));
  return new Client(socket, options.timeoutMs ?? 30_000);
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

type Listener = (payload: never) => void;

type Message = Partial<Pick<RpcRequest, 'method' | 'params'>> & Partial<Pick<RpcAnswer, 'id'>> & Omit<RpcAnswer, 'id'>;

class Client implements ControlClient {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, Set<Listener>>();
  #nextId = 1;

  constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    const decoder = createFrameDecoder({ json: (text) => this.#onMessage(text) });
    socket.on('data', (chunk) => {
      try {
        decoder.push(chunk);
      } catch (error) {
        socket.destroy();
        this.#failAll(new MiddlewareError('ERR_IPC_PROTOCOL', 'Unintelligible answer', { cause: error }));
      }
    });
    socket.on('error', () => socket.destroy());
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#failAll(unreachable('Connection ended'));
        resolve();
      });
    });
  }

  request<M extends ControlMethod>(
    method: M,
    params: ParamsOf<M>,
    { timeoutMs = this.#timeoutMs }: { readonly timeoutMs?: number } = {},
  ): Promise<ResultOf<M>> {
    return new Promise<unknown>((resolve, reject) => {
      if (!this.#socket.writable) {
        reject(unreachable('Connection ended'));
        return;
      }
      const id = this.#nextId++;
      const timer = setTimeout(() => this.#settle(id)?.reject(unreachable('No answer in time')), timeoutMs);
      this.#pending.set(id, { resolve, reject, timer });
      this.#socket.write(encodeJson({ jsonrpc: '2.0', id, method, params } satisfies RpcRequest));
    }) as Promise<ResultOf<M>>;
  }

  on<E extends ControlEvent>(event: E, listener: (payload: ControlEvents[E]) => void): () => void {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  sendPin(ticket: string, pin: Secret, options: { readonly lastTryConsent: boolean }): Promise<void> {
    const frame = encodePinFrame(ticket, pin, options.lastTryConsent);
    return new Promise((resolve, reject) => {
      this.#socket.write(frame, (error) => {
        frame.fill(0);
        if (error instanceof Error) reject(unreachable('Connection ended', error));
        else resolve();
      });
    });
  }

  close(): void {
    this.#socket.destroySoon();
  }

  #onMessage(text: string): void {
    const message = JSON.parse(text) as Message;
    if (message.method !== undefined) this.#emit(message.method, message.params);
    else if (typeof message.id === 'number') this.#onAnswer(message.id, message);
  }

  #emit(event: string, payload: unknown): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(payload as never);
  }

  #onAnswer(id: number, answer: Omit<RpcAnswer, 'id'>): void {
    const pending = this.#settle(id);
    if (answer.error === undefined) pending?.resolve(answer.result);
    else pending?.reject(rebuildError(answer.error));
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    clearTimeout(pending?.timer);
    return pending;
  }

  #failAll(error: MiddlewareError): void {
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(error);
  }
}

function rebuildError(error: NonNullable<RpcAnswer['error']>): MiddlewareError {
  // A newer daemon may know codes that we do not; they are kept, and have no sentence in our catalogue.
  const { code, fields, retriable } = error.data;
  return new MiddlewareError(code as ErrorCode, error.message, { fields: fields as ErrorFields, retriable });
}

function connectError(error: NodeJS.ErrnoException): MiddlewareError {
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return new MiddlewareError('ERR_IPC_UNAUTHORIZED', 'The control socket is not ours to open', { cause: error });
  }
  return unreachable('No daemon answers', error);
}

function unreachable(message: string, cause?: unknown): MiddlewareError {
  return new MiddlewareError('ERR_IPC_DAEMON_UNREACHABLE', message, { cause });
}
