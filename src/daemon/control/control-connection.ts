import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { MiddlewareError } from '../../core/errors.js';
import type { Logger } from '../../core/ports.js';
import { createFrameDecoder, type FrameDecoder } from '../../control-contract/frame-decoder.js';
import { encodeJson, frameLimits } from '../../control-contract/frames.js';
import type { ControlEvent, ControlEvents } from '../../control-contract/methods.js';
import { eventSchemas } from '../../control-contract/schemas.js';
import { answerRequest, readRequest } from './dispatch.js';
import type { ControlCaller, ControlHandlers, PinReceiver } from './handlers.js';
import { readPinFrame } from './pin-frame.js';
import { adoptWithWiping } from './wipeable-socket.js';

/** Bounds that keep one client from costing the others anything. */
export interface ControlLimits {
  readonly connections: number;
  /** Unanswered requests of one connection. */
  readonly requests: number;
  /** Bytes that a client may leave unread. */
  readonly unreadBytes: number;
  /** How long a frame, or the key that opens a connection, may take to arrive. */
  readonly frameMs: number;
}

/** What a connection works with. */
export interface ConnectionContext {
  readonly handlers: ControlHandlers;
  readonly pinReceiver: PinReceiver;
  readonly logger: Logger;
  readonly limits: ControlLimits;
  readonly key: Uint8Array | undefined;
}

/** One client of the control socket. */
export interface ControlConnection extends ControlCaller {
  /** Ends it after what was written has been sent, and in any case within `graceMs`. */
  close(graceMs: number): void;
}

/** Serves one accepted connection until it ends; `onEnd` is called once. */
export function serveConnection(accepted: Socket, context: ConnectionContext, onEnd: () => void): ControlConnection {
  const connection = new Connection(context, onEnd);
  connection.serve(accepted);
  return connection;
}

class Connection implements ControlConnection {
  readonly #context: ConnectionContext;
  readonly #onEnd: () => void;
  readonly #ended = new AbortController();
  readonly #decoder: FrameDecoder;
  #socket: Socket | undefined;
  #admitted: boolean;
  #openRequests = 0;
  #frameTimer: NodeJS.Timeout | undefined;

  constructor(context: ConnectionContext, onEnd: () => void) {
    this.#context = context;
    this.#onEnd = onEnd;
    this.#admitted = context.key === undefined;
    this.#decoder = createFrameDecoder({
      json: (text) => this.#onJson(text),
      pin: (payload) => this.#onPin(payload),
      key: (payload) => this.#onKey(payload),
    });
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  get unreadBytes(): number {
    return this.#socket?.writableLength ?? 0;
  }

  serve(accepted: Socket): void {
    const socket = adoptWithWiping(accepted, (bytes) => this.#onBytes(bytes));
    this.#socket = socket;
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#stopFrameTimer();
      this.#decoder.wipe();
      this.#ended.abort(new MiddlewareError('ERR_ABORTED', 'Control connection ended'));
      this.#onEnd();
    });
    if (!this.#admitted) this.#startFrameTimer();
  }

  notify<E extends ControlEvent>(event: E, payload: ControlEvents[E]): void {
    this.#send({ jsonrpc: '2.0', method: event, params: eventSchemas[event].parse(payload) });
  }

  close(graceMs: number): void {
    const socket = this.#socket;
    if (socket?.destroyed !== false) return;
    socket.destroySoon();
    const timer = setTimeout(() => socket.destroy(), graceMs);
    socket.once('close', () => clearTimeout(timer));
  }

  #onBytes(bytes: Uint8Array): void {
    if (this.#socket?.destroyed === true) return;
    try {
      this.#decoder.push(bytes);
    } catch (error) {
      this.#context.logger.warn({ error }, 'Control client broke the protocol');
      this.#socket?.destroy();
      return;
    }
    if (this.#decoder.midFrame || !this.#admitted) this.#startFrameTimer();
    else this.#stopFrameTimer();
  }

  #startFrameTimer(): void {
    this.#frameTimer ??= setTimeout(() => this.#socket?.destroy(), this.#context.limits.frameMs);
  }

  #stopFrameTimer(): void {
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
  }

  #onKey(payload: Uint8Array): void {
    const { key } = this.#context;
    if (key?.length !== payload.length || !timingSafeEqual(key, payload)) {
      throw new MiddlewareError('ERR_IPC_UNAUTHORIZED', 'Wrong key');
    }
    this.#admitted = true;
  }

  #onPin(payload: Uint8Array): void {
    this.#requireAdmitted();
    this.#context.pinReceiver(readPinFrame(payload), this);
  }

  #onJson(text: string): void {
    this.#requireAdmitted();
    const request = readRequest(text);
    if (this.#openRequests >= this.#context.limits.requests) {
      throw new MiddlewareError('ERR_IPC_PROTOCOL', 'Too many unanswered requests');
    }
    this.#openRequests += 1;
    void answerRequest(request, this.#context.handlers, this, this.#context.logger).then((answer) => {
      this.#openRequests -= 1;
      if (request.id !== undefined) this.#send(answer);
    });
  }

  #requireAdmitted(): void {
    if (!this.#admitted) throw new MiddlewareError('ERR_IPC_UNAUTHORIZED', 'The key must come first');
  }

  #send(message: unknown): void {
    const socket = this.#socket;
    if (socket?.writable !== true) return;
    const frame = encodeJson(message);
    if (frame.length > frameLimits.json || socket.writableLength + frame.length > this.#context.limits.unreadBytes) {
      this.#context.logger.warn({ bytes: frame.length }, 'Control client does not read, or the answer is too long');
      socket.destroy();
      return;
    }
    socket.write(frame);
  }
}
