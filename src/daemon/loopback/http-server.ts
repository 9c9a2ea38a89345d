import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { fastify, type FastifyInstance } from 'fastify';
import type { Clock, Logger } from '../../core/ports.js';
import type { OobService } from '../../oob/oob-service.js';
import { sendError, sendErrorOnSocket, setCommonHeaders } from './answers.js';
import { fieldsOf, passGate } from './gate.js';
import { invalidParameters, requestTimeout } from './http-errors.js';
import type { LoopbackLimits } from './limits.js';
import { createRateLimiter, type RateLimiter } from './rate-limit.js';
import type { RefusalLog } from './refusal-log.js';
import { addRoutes } from './routes.js';

export interface HttpServerOptions {
  readonly service: OobService;
  readonly logger: Logger;
  readonly logRefusal: RefusalLog;
  readonly clock: Clock;
  readonly version: string;
  readonly limits: LoopbackLimits;
  /** The bound port, for the Host check. */
  readonly port: () => number;
  /** Called when the header of a connection's request is complete, or has failed. */
  readonly onHeader: (request: IncomingMessage) => void;
}

/** A server that listens nowhere: it takes sockets as its 'connection' events. */
export interface HttpServer {
  readonly server: Server;
  close(): Promise<void>;
}

/** Puts steps 3 to 8 of the gate in front of the framework, which sees no request that fails one of them. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const origins = new WeakMap<IncomingMessage, string | undefined>();
  const limiter = createRateLimiter({ clock: options.clock, ...options.limits });
  const built: { server?: Server } = {};
  const app: FastifyInstance = fastify({
    bodyLimit: options.limits.bodyBytes,
    serverFactory: (handler) => {
      const handle = (request: IncomingMessage, response: ServerResponse): boolean => {
        options.onHeader(request);
        if (!admit(request, response, options, limiter, origins)) return false;
        boundBody(request, response, options.limits.bodyMs);
        return true;
      };
      built.server = createBareServer(options.limits, handle, handler);
      return built.server;
    },
  });
  addRoutes(app, { ...options, originOf: (request) => origins.get(request) });
  await app.ready();
  if (!built.server) throw new Error('The framework made no server');
  return { server: built.server, close: () => app.close() };
}

function createBareServer(
  limits: LoopbackLimits,
  passes: (request: IncomingMessage, response: ServerResponse) => boolean,
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  // The gate checks Host itself, so that a missing one gets the same answer as a wrong one.
  const server = createServer({ requireHostHeader: false, maxHeaderSize: limits.headerBytes });
  // A header beyond the count would be dropped in silence, and with it perhaps the Origin; the size is bound enough.
  server.maxHeadersCount = 0;
  server.maxRequestsPerSocket = 1;
  server.on('request', (request, response) => {
    if (passes(request, response)) handler(request, response);
  });
  // Without this listener Node asks for the body before the gate has seen the header.
  server.on('checkContinue', (request, response) => {
    if (!passes(request, response)) return;
    response.writeContinue();
    handler(request, response);
  });
  server.on('checkExpectation', (_request, response) => {
    setCommonHeaders(response, undefined);
    sendError(response, invalidParameters('This expectation is not known'));
  });
  server.on('clientError', (_error, socket) => {
    sendErrorOnSocket(socket, invalidParameters('This is not a request that can be read'));
  });
  return server;
}

/** Steps 3 to 8; answers and says false when one refuses. */
function admit(
  request: IncomingMessage,
  response: ServerResponse,
  { service, logRefusal, limits, port }: HttpServerOptions,
  limiter: RateLimiter,
  origins: WeakMap<IncomingMessage, string | undefined>,
): boolean {
  const verdict = passGate(
    { method: request.method, url: request.url, headers: fieldsOf(request.rawHeaders) },
    {
      port: port(),
      bodyBytes: limits.bodyBytes,
      isRegistered: (origin) => origin !== 'null' && service.ownerOfOrigin(origin) !== undefined,
    },
  );
  setCommonHeaders(response, verdict.origin);
  if (!verdict.passed) {
    logRefusal({ gate: verdict.step, status: verdict.error.status }, 'Request refused');
    sendError(response, verdict.error);
    return false;
  }
  const limited = request.method === 'POST' ? limiter(verdict.origin ?? 'process', kindOf(verdict.path)) : undefined;
  if (limited) {
    logRefusal({ gate: 'rate', path: verdict.path }, 'Request refused');
    sendError(response, limited);
    return false;
  }
  origins.set(request, verdict.origin);
  return true;
}

const kindOf = (path: string): 'start' | 'poll' => (path === '/oob/v1/auth' ? 'start' : 'poll');

/** A body that does not arrive in time ends the connection. */
function boundBody(request: IncomingMessage, response: ServerResponse, bodyMs: number): void {
  const timer = setTimeout(() => {
    if (response.headersSent) request.socket.destroy();
    else sendError(response, requestTimeout);
  }, bodyMs);
  const stop = (): void => clearTimeout(timer);
  request.once('end', stop);
  response.once('close', stop);
}
