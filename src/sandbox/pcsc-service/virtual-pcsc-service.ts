import { chmodSync, unlinkSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { SimulatedReaders } from '../../transport/simulator/simulated-reader.js';
import { watchReaders } from '../../transport/simulator/simulator-transport.js';
import { createClientSession, type ClientSession } from './client-session.js';
import { HEADER_BYTES, MAX_BUFFER, parseRequest } from './protocol.js';
import { codes } from './response-codes.js';

/** Clients at the same time (pcscd: PCSC_MAX_CONTEXT_THREADS). */
const MAX_CLIENTS = 200;
/** A client that sends more than one long request ahead, or leaves as much unread, is broken. */
const MAX_PENDING_BYTES = 2 * (MAX_BUFFER + HEADER_BYTES + 512);

/** A running virtual PC/SC service. */
export interface VirtualPcscService {
  /** Closes all clients, as a service that stops does, and removes the socket. */
  close(): Promise<void>;
}

/**
 * Serves virtual readers to every unmodified client of libpcsclite whose PCSCLITE_CSOCK_NAME is `socketPath`: OpenSC,
 * browsers, our own PC/SC adapter. The socket is for its owner alone.
 */
export async function startVirtualPcscService(options: {
  readonly socketPath: string;
  readonly readers: SimulatedReaders;
  /** Called when a client has gone and let go of its cards. */
  readonly onClientGone?: () => void;
}): Promise<VirtualPcscService> {
  const { socketPath, readers } = options;
  const clients = new Map<Socket, ClientSession>();
  const notify = (): void => {
    for (const [socket, session] of clients) sendIfAny(socket, session.endWait());
  };
  const cancel = (context: number): boolean => {
    for (const [socket, session] of clients) {
      if (session.context !== context) continue;
      sendIfAny(socket, session.endWait(codes.cancelled));
      return true;
    }
    return false;
  };
  const server = createServer((socket) => {
    if (clients.size >= MAX_CLIENTS) {
      socket.destroy();
      return;
    }
    const session = createClientSession({ readers: () => readers.readers, notify, cancel });
    clients.set(socket, session);
    socket.on('close', () => {
      clients.delete(socket);
      session.drop();
      options.onClientGone?.();
    });
    serve(socket, session);
  });
  await listenForOwner(server, socketPath);
  const stopWatching = watchReaders(readers, notify);
  return {
    async close() {
      stopWatching();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of clients.keys()) socket.destroy();
      await closed;
    },
  };
}

function sendIfAny(socket: Socket, bytes: Buffer | undefined): void {
  if (bytes === undefined || bytes.length === 0 || !socket.writable) return;
  socket.write(bytes);
  if (socket.writableLength > MAX_PENDING_BYTES) socket.destroy();
}

/** Answers one request after the other; wipes requests when they are done, since one may hold a PIN. */
function serve(socket: Socket, session: ClientSession): void {
  let pending = Buffer.alloc(0);
  let isServing = false;
  const breakOff = (): void => void socket.destroy();

  const serveNext = async (): Promise<void> => {
    for (let request = parseRequest(pending); request !== undefined; request = parseRequest(pending)) {
      if (socket.destroyed) return;
      const done = pending.subarray(0, request.length);
      pending = pending.subarray(request.length);
      const answer = await session.handle(request);
      done.fill(0);
      sendIfAny(socket, answer);
    }
  };
  socket.on('error', breakOff);
  socket.on('data', (chunk: Buffer) => {
    const joined = Buffer.alloc(pending.length + chunk.length);
    pending.copy(joined);
    chunk.copy(joined, pending.length);
    pending.fill(0);
    chunk.fill(0);
    pending = joined;
    if (pending.length > MAX_PENDING_BYTES) {
      breakOff();
      return;
    }
    if (isServing) return;
    isServing = true;
    serveNext()
      .catch(breakOff)
      .finally(() => (isServing = false));
  });
}

/** Listens with mode 0600 from the first moment, taking over the file of a service that died. */
async function listenForOwner(server: Server, socketPath: string): Promise<void> {
  try {
    await listenOnce(server, socketPath);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || (await answers(socketPath))) throw error;
    unlinkSync(socketPath);
    await listenOnce(server, socketPath);
  }
  chmodSync(socketPath, 0o600);
}

function listenOnce(server: Server, socketPath: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // Node binds a path before listen() returns: the mask holds for this file alone.
    const mask = process.umask(0o177);
    try {
      server.once('error', reject);
      server.listen(socketPath, () => {
        server.off('error', reject);
        resolve();
      });
    } finally {
      process.umask(mask);
    }
  });
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection(socketPath);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}
