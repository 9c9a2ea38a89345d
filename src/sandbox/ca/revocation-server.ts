import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenOnOneOf } from '../listen-on-one-of.js';

/** Everything, or what has changed since (RFC 5280 §5.2.4). */
export type ListKind = 'full' | 'delta';

/** What is served. */
export interface RevocationContents {
  /** The full or the delta list of the CA of this name, DER; undefined when there is none. */
  readonly list: (name: string, kind: ListKind) => Uint8Array | undefined;
  readonly respond: (request: Uint8Array) => Promise<Uint8Array>;
}

/** A running server of lists and OCSP answers. */
export interface RevocationServer {
  readonly port: number;
  close(): Promise<void>;
}

const maxRequestBytes = 16_384;

/**
 * Serves revocation lists at `/crl/NAME.crl`, delta lists at `/crl/NAME.delta.crl` and OCSP at `/ocsp` (RFC 5280 §4.2.1.13, RFC 6960 appendix A.1, POST), on
 * 127.0.0.1 alone; undefined when none of the ports is free.
 */
export async function startRevocationServer(
  contents: RevocationContents,
  ports: readonly number[],
): Promise<RevocationServer | undefined> {
  const server = createServer((request, response) => void answer(contents, request, response));
  server.maxConnections = 64;
  server.headersTimeout = 5000;
  server.requestTimeout = 10_000;
  if (!(await listenOnOneOf(server, ports))) return undefined;
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** What goes back; no body but that of a good answer. */
interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: Uint8Array;
}

async function answer(contents: RevocationContents, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, type = 'text/plain', body = new Uint8Array() } = await route(contents, request);
  response.writeHead(status, { 'content-type': type, 'content-length': body.length, 'cache-control': 'no-store' });
  response.end(body);
}

async function route({ list, respond }: RevocationContents, request: IncomingMessage): Promise<Answer> {
  const { method, url = '', headers } = request;
  const [, name, delta] = /^\/crl\/(\w{1,32})(\.delta)?\.crl$/.exec(url) ?? [];
  if (name !== undefined) {
    const body = list(name, delta === undefined ? 'full' : 'delta');
    if (method !== 'GET') return { status: 405 };
    return body === undefined ? { status: 404 } : { status: 200, type: 'application/pkix-crl', body };
  }
  if (url !== '/ocsp') return { status: 404 };
  if (method !== 'POST') return { status: 405 };
  if (headers['content-type'] !== 'application/ocsp-request') return { status: 415 };
  const asked = await readBody(request);
  if (asked === undefined) return { status: 413 };
  return { status: 200, type: 'application/ocsp-response', body: await respond(asked) };
}

/** Undefined for a body that is too long, or that was not sent to its end. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxRequestBytes) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}
