import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { fastify, type FastifyInstance } from 'fastify';
import type { Clock, Logger } from '../../core/ports.js';
import type { Language } from '../../messages/language.js';
import type { OobLaunches, OobService } from '../../oob/oob-service.js';
import { admit } from './admit.js';
import { sendError, sendErrorOnSocket, setCommonHeaders } from './answers.js';
import type { Admission } from './gate.js';
import { invalidParameters, requestTimeout } from './http-errors.js';
import type { LoopbackLimits } from './limits.js';
import { createRateLimiter } from './rate-limit.js';
import type { RefusalLog } from './refusal-log.js';
import { addRoutes } from './routes.js';

export interface HttpServerOptions {
  readonly service: OobService;
  readonly launches: OobLaunches;
  readonly logger: Logger;
  readonly logRefusal: RefusalLog;
  readonly clock: Clock;
  readonly version: string;
  readonly limits: LoopbackLimits;
  /** The bound port, for the Host check. */
  readonly port: () => number;
  readonly chosenLanguage?: () => Language | undefined;
  /** Called when the header of a connection's request is complete, or has failed. */
  readonly onHeader: (request: IncomingMessage) => void;
  /** Called when nothing more of a request that passed the gate is awaited. */
  readonly onRequest: (request: IncomingMessage) => void;
}

/** A server that listens nowhere: it takes sockets as its 'connection' events. */
export interface HttpServer {
  readonly server: Server;
  close(): Promise<void>;
}

/** Puts steps 3 to 8 of the gate in front of the framework, which sees no request that fails one of them. */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const admissions = new WeakMap<IncomingMessage, Admission>();
  const limiter = createRateLimiter({ clock: options.clock, ...options.limits });
  const built: { server?: Server } = {};
  const app: FastifyInstance = fastify({
    bodyLimit: options.limits.bodyBytes,
    serverFactory: (handler) => {
      const handle = (request: IncomingMessage, response: ServerResponse): boolean => {
        options.onHeader(request);
        const admission = admit(request, response, { ...options, limiter });
        if (!admission) return false;
        admissions.set(request, admission);
        if (request.method === 'POST') boundBody(request, response, options.limits.bodyMs, options.onRequest);
        else options.onRequest(request);
        return true;
      };
      built.server = createBareServer(options.limits, handle, handler);
      return built.server;
    },
  });
  const admissionOf = (request: IncomingMessage): Admission => {
    const admission = admissions.get(request);
    if (!admission) throw new Error('A request came past the gate');
    return admission;
  };
  addRoutes(app, { ...options, limiter, admissionOf });
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

/** A body that does not arrive in time ends the connection. */
function boundBody(
  request: IncomingMessage,
  response: ServerResponse,
  bodyMs: number,
  onEnd: (request: IncomingMessage) => void,
): void {
  const timer = setTimeout(() => {
    if (response.headersSent) request.socket.destroy();
    else sendError(response, requestTimeout);
  }, bodyMs);
  const stop = (): void => clearTimeout(timer);
  request.once('end', () => {
    stop();
    onEnd(request);
  });
  response.once('close', stop);
}
