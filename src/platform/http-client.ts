import { request as startRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { MiddlewareError } from '../core/errors.js';
import type { HttpAnswer, HttpCall, HttpClient } from '../core/ports.js';
import { createTlsRoots, type TlsRoots } from './ca-bundle.js';
import { connect, isLoopback } from './http-client-connection.js';
import { remote, remoteError } from './http-client-errors.js';

/** What {@link createHttpClient} can be told. */
export interface HttpClientOptions {
  readonly roots?: TlsRoots;
  /** From the beginning of a call to the end of its answer; 5 s by default. */
  readonly timeoutMs?: number;
}

const maxTimeoutMs = 30_000;
const maxBodyBytes = 65_536;
const maxHeaderBytes = 16_384;

/**
 * Calls to configured addresses over Node's own TLS. Each call has a connection of its own, which is made, and the
 * server's certificate judged, before a byte is sent. Proxies of the environment and NODE_EXTRA_CA_CERTS are not looked
 * at: what a login trusts stands in the configuration.
 */
export function createHttpClient({ roots = createTlsRoots(), timeoutMs = 5_000 }: HttpClientOptions = {}): HttpClient {
  return {
    async send(call) {
      const url = addressOf(call.url);
      const headers = headersOf(url, call);
      const timeout = AbortSignal.timeout(Math.min(call.timeoutMs ?? timeoutMs, maxTimeoutMs));
      const signal = call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout]);
      try {
        const context = url.protocol === 'https:' ? roots.contextOf(call.trust.caFile) : undefined;
        signal.throwIfAborted();
        const socket = await connect({ url, context, pins: call.trust.pins, signal });
        return await exchange(url, { method: call.method, body: call.body, headers }, socket, signal).finally(() =>
          socket.destroy(),
        );
      } catch (error) {
        if (call.signal?.aborted === true) throw new MiddlewareError('ERR_ABORTED', 'Call was given up');
        if (timeout.aborted) throw remote('ERR_REMOTE_UNREACHABLE', url.host, 'timeout');
        throw remoteError(url.host, error);
      }
    },
  };
}

function addressOf(text: string): URL {
  const url = new URL(text);
  const isPlain = url.protocol === 'http:' && isLoopback(url);
  if (url.protocol !== 'https:' && !isPlain) throw remote('ERR_REMOTE_TLS', url.host, 'plain');
  return url;
}

interface Exchange {
  readonly method: HttpCall['method'];
  readonly body: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** One request and its answer over a connection that is closed afterwards. */
async function exchange(url: URL, call: Exchange, socket: Socket, signal: AbortSignal): Promise<HttpAnswer> {
  // Node's client would wait for the end of one that has ended.
  if (socket.destroyed) throw remote('ERR_REMOTE_UNREACHABLE', url.host, 'closed');
  let failure: Error | undefined;
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = startRequest({
      // The connection stands already; Node's agents, and the proxies that they may know of, have no part in it.
      createConnection: () => socket,
      method: call.method,
      path: `${url.pathname}${url.search}`,
      headers: call.headers,
      maxHeaderSize: maxHeaderBytes,
      insecureHTTPParser: false,
      signal,
    });
    request.once('response', resolve);
    request.once('upgrade', () => reject(remote('ERR_REMOTE_RESPONSE', url.host, 'malformed')));
    // Also within the body, whose own error says no more than that it ended.
    request.on('error', (error) => {
      failure ??= error;
      reject(error);
    });
    request.end(call.body);
  });
  const head = readHead(message, url);
  const body = await readBody(message, url).catch((error: unknown) => {
    throw failure ?? error;
  });
  return { ...head, body };
}

function headersOf(url: URL, { body, contentType, accept, credential }: HttpCall): Record<string, string> {
  return {
    host: url.host,
    connection: 'close',
    'user-agent': 'kort',
    'accept-encoding': 'identity',
    accept: accept ?? '*/*',
    ...(credential === undefined ? {} : { authorization: basic(credential) }),
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
    ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
  };
}

/** RFC 7617 §2: a colon would end the name early, and neither part may hold a control character. */
function basic({ username, password }: NonNullable<HttpCall['credential']>): string {
  if (/[:\p{Cc}]/u.test(username) || /\p{Cc}/u.test(password)) throw new RangeError('not a credential for HTTP Basic');
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function readHead({ statusCode = 0, headers }: IncomingMessage, url: URL): Omit<HttpAnswer, 'body'> {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw remote('ERR_REMOTE_RESPONSE', url.host, 'malformed');
  const date = Date.parse(headers.date ?? '');
  return {
    status: statusCode,
    contentType: (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
    date: Number.isNaN(date) ? undefined : date,
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    ),
  };
}

async function readBody(message: IncomingMessage, url: URL): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) throw remote('ERR_REMOTE_RESPONSE', url.host, 'too-long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
