import { connect, type Socket } from 'node:net';
import type { SimulatedReader } from '../../transport/simulator/simulated-reader.js';
import { VpcdFrameParser, vpcdFrame, type VpcdRequest } from './vpcd-frames.js';

/** A virtual reader as vpcd needs it. */
export interface VpcdReader extends SimulatedReader {
  powerOff(): Promise<void>;
}

export interface VpcdOptions {
  readonly host: string;
  readonly port: number;
  /** Between attempts to connect, while nobody listens; default 200. */
  readonly retryMs?: number;
}

export interface VpcdConnection {
  /** Whether pcscd sees the card; false while there is none, or nobody listens. */
  readonly connected: boolean;
  /** Takes the card out of pcscd's reader and stops. */
  close(): void;
}

/**
 * Shows a virtual reader to a real pcscd through vpcd: a connection is an inserted card, its end a removed one. When
 * pcscd goes away with the card in place, the client connects again as soon as somebody listens.
 */
export function connectToVpcd(reader: VpcdReader, options: VpcdOptions): VpcdConnection {
  return new VpcdClient(reader, options);
}

class VpcdClient implements VpcdConnection {
  readonly #reader: VpcdReader;
  readonly #options: VpcdOptions;
  readonly #stopListening: () => void;
  #socket: Socket | undefined;
  #retry: NodeJS.Timeout | undefined;
  #connected = false;
  #closed = false;
  #insertion: number;

  constructor(reader: VpcdReader, options: VpcdOptions) {
    this.#reader = reader;
    this.#options = options;
    this.#insertion = reader.eventCounter;
    this.#stopListening = reader.onChange(() => this.#readerChanged());
    this.#connectIfInserted();
  }

  get connected(): boolean {
    return this.#connected;
  }

  close(): void {
    this.#closed = true;
    this.#stopListening();
    this.#disconnect();
  }

  #readerChanged(): void {
    if (this.#reader.eventCounter === this.#insertion) return;
    this.#insertion = this.#reader.eventCounter;
    this.#disconnect();
    this.#connectIfInserted();
  }

  #disconnect(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    this.#connected = false;
    socket?.destroy();
  }

  #connectIfInserted(): void {
    if (this.#closed || this.#reader.atr === undefined) return;
    const socket = connect({ host: this.#options.host, port: this.#options.port, noDelay: true });
    const parser = new VpcdFrameParser();
    let answered = Promise.resolve();
    this.#socket = socket;
    socket.on('connect', () => (this.#connected = socket === this.#socket));
    socket.on('data', (chunk) => {
      const requests = parser.push(chunk);
      chunk.fill(0);
      for (const request of requests) answered = answered.then(() => this.#answer(socket, request));
    });
    // 'close' follows and decides what to do.
    socket.on('error', () => undefined);
    socket.on('close', () => this.#lost(socket));
  }

  /** pcscd is gone or was never there: the card loses its power and waits. */
  #lost(socket: Socket): void {
    if (socket !== this.#socket) return;
    const wasConnected = this.#connected;
    this.#disconnect();
    if (wasConnected) void this.#reader.powerOff();
    this.#retry = setTimeout(() => this.#connectIfInserted(), this.#options.retryMs ?? 200);
  }

  async #answer(socket: Socket, request: VpcdRequest): Promise<void> {
    if (socket !== this.#socket) return;
    switch (request.kind) {
      case 'powerOff':
        return this.#reader.powerOff();
      case 'powerOn':
        return;
      case 'reset':
        return this.#reader.reset();
      case 'atr':
        this.#send(socket, this.#reader.atr);
        return;
      case 'apdu':
        this.#send(socket, await this.#reader.transmit(request.command));
        request.command.fill(0);
    }
  }

  /** Nothing to say means that the card is gone: the closed connection tells. */
  #send(socket: Socket, payload: Uint8Array | undefined): void {
    if (socket === this.#socket && payload !== undefined && payload.length > 0) socket.write(vpcdFrame(payload));
  }
}
