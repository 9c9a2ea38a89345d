import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { listenOnOneOf } from '../listen-on-one-of.js';
import { deliver } from './delivery.js';
import { Refusal, refusalAnswer, type IssuerAnswer } from './answers.js';

/** The server's key, its certificate with the chain, and whose client certificates are asked for; all PEM. */
export interface ServerIdentity {
  readonly key: string;
  readonly cert: string;
  readonly ca: readonly string[];
}

/** What a server is started with. */
export interface ServerOptions {
  readonly identity: ServerIdentity;
  /** For a handshake and for the head of a request, and twice as much for all of it. */
  readonly patienceMs: number;
}

/** A request as it arrives, with what its connection proves. */
export interface IssuerRequest {
  readonly message: IncomingMessage;
  /** DER of a client certificate whose key was used for the handshake; whether to believe it is for others to say. */
  readonly clientCertificate: Uint8Array | undefined;
  readonly tlsUnique: string | undefined;
  /** @throws {Refusal} 413 for more than so many bytes, 400 for a body that does not end. */
  readonly body: (maxBytes: number) => Promise<Uint8Array>;
}

/** A running https server of an issuer. */
export interface IssuerServer {
  readonly port: number;
  /** Resets every connection, old and new, or serves again. */
  setDown(down: boolean): void;
  close(): Promise<void>;
}

/** Serves on 127.0.0.1 alone; undefined when none of the ports is free. */
export async function startIssuerServer(
  { identity, patienceMs }: ServerOptions,
  ports: readonly number[],
  answer: (request: IssuerRequest) => Promise<IssuerAnswer>,
): Promise<IssuerServer | undefined> {
  const ending = new AbortController();
  const respond = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { remotePort } = message.socket;
    const given = await answerOrRefusal(answer, message);
    await deliver(response, given, { reset: () => connections.reset(remotePort), ending: ending.signal });
  };
  const server = createServer(
    {
      ...identity,
      ca: [...identity.ca],
      requestCert: true,
      // What certificates are worth is judged for each request, with the reason.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      handshakeTimeout: patienceMs,
      headersTimeout: patienceMs,
      requestTimeout: 2 * patienceMs,
      keepAliveTimeout: 5000,
      connectionsCheckingInterval: Math.ceil(patienceMs / 5),
      maxHeaderSize: 8192,
    },
    (message, response) => {
      // Nobody can be told any more, and the daemon that this runs in goes on.
      respond(message, response).catch(() => message.socket.destroy());
    },
  );
  server.maxConnections = 64;
  const connections = new Connections(server);
  if (!(await listenOnOneOf(server, ports))) return undefined;
  return {
    port: (server.address() as AddressInfo).port,
    setDown: (down) => connections.setDown(down),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      ending.abort();
      connections.destroyAll();
      await closed;
    },
  };
}

/** The connections below TLS, which alone can be reset; each by the port at its other end. */
class Connections {
  readonly #sockets = new Map<number, Socket>();
  #isDown = false;

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      const { remotePort } = socket;
      if (this.#isDown || remotePort === undefined) {
        socket.resetAndDestroy();
        return;
      }
      this.#sockets.set(remotePort, socket);
      socket.once('close', () => this.#sockets.delete(remotePort));
    });
  }

  reset(port: number | undefined): void {
    if (port !== undefined) this.#sockets.get(port)?.resetAndDestroy();
  }

  setDown(down: boolean): void {
    this.#isDown = down;
    if (down) for (const socket of this.#sockets.values()) socket.resetAndDestroy();
  }

  destroyAll(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }
}

async function answerOrRefusal(
  answer: (request: IssuerRequest) => Promise<IssuerAnswer>,
  message: IncomingMessage,
): Promise<IssuerAnswer> {
  try {
    checkHost(message);
    return await answer(requestOf(message));
  } catch (error) {
    if (error instanceof Refusal) return refusalAnswer(error);
    return refusalAnswer(new Refusal(500, 'The issuer has failed.'));
  }
}

/** A page in a browser that reaches this address by a name of its own gets nothing. */
function checkHost({ headers: { host = '' } }: IncomingMessage): void {
  if (!/^(127\.0\.0\.1|localhost)(:\d{1,5})?$/i.test(host)) throw new Refusal(421, 'This is another server.');
}

function requestOf(message: IncomingMessage): IssuerRequest {
  // A TLSSocket, since the server is one of https.
  const socket = message.socket as unknown as TLSSocket;
  // Empty where the client has shown none.
  const { raw } = socket.getPeerCertificate() as { readonly raw?: Buffer };
  // RFC 5929 §3.1: the client's Finished of a full handshake; TLS 1.3 has no such thing (RFC 8446 appendix C.5).
  const finished =
    socket.getProtocol() === 'TLSv1.2' && !socket.isSessionReused() ? socket.getPeerFinished() : undefined;
  return {
    message,
    clientCertificate: raw === undefined ? undefined : new Uint8Array(raw),
    tlsUnique: finished?.toString('base64'),
    body: async (maxBytes) => await readBody(message, maxBytes),
  };
}

async function readBody(message: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) break;
      chunks.push(chunk);
    }
  } catch {
    throw new Refusal(400, 'The request does not end.');
  }
  if (length > maxBytes) throw new Refusal(413, `More than ${maxBytes} bytes.`, { connection: 'close' });
  return Buffer.concat(chunks);
}
