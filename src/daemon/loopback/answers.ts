import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { STATUS_CODES } from 'node:http';
import type { HttpError } from './http-errors.js';

/** On every answer, to friend and stranger alike. */
const securityHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  vary: 'Origin',
  // One request a connection: each is looked up anew, and no second header can dawdle behind the first.
  connection: 'close',
};

/** Sets what every answer has, and the CORS headers if this origin is registered; no credentials, ever. */
export function setCommonHeaders(response: ServerResponse, origin: string | undefined): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
  if (origin === undefined) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'RateLimit, RateLimit-Policy, Retry-After');
}

/**
 * The headers of a preflight's answer (Fetch §4.8). A browser that follows Private Network Access asks for one more
 * permission; with Local Network Access, which came after it, the user is asked instead and nothing is sent.
 */
export function preflightHeaders(request: IncomingMessage): Record<string, string> {
  const asksPrivateNetwork = request.headers['access-control-request-private-network'] === 'true';
  return {
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'Content-Type',
    'access-control-max-age': '600',
    ...(asksPrivateNetwork ? { 'access-control-allow-private-network': 'true' } : {}),
  };
}

/** Aborted when the client hangs up before its answer. */
export function hangUpSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}

const bodyOf = ({ errorCode, details }: HttpError): string => JSON.stringify({ errorCode, details });

/** Refuses a request whose body was not read; the connection ends with it. */
export function sendError(response: ServerResponse, error: HttpError): void {
  const body = bodyOf(error);
  response.writeHead(error.status, {
    ...error.headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Refuses on a connection that has not become a request. */
export function sendErrorOnSocket(socket: Duplex, error: HttpError): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = bodyOf(error);
  const headers = {
    ...securityHeaders,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  // A peer that never closes its own half must not hold the place.
  socket.end(`HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? ''}\r\n${lines.join('')}\r\n${body}`, () =>
    socket.destroy(),
  );
}
