import type { Clock, Logger, PeerLookup } from '../../core/ports.js';
import type { Language } from '../../messages/language.js';
import type { OobLaunches, OobService } from '../../oob/oob-service.js';
import { sendErrorOnSocket } from './answers.js';
import { bindLoopback, closeServer } from './bind.js';
import { createConnections, type Connections } from './connections.js';
import { requestTimeout } from './http-errors.js';
import { createHttpServer } from './http-server.js';
import { defaultLimits, type LoopbackLimits } from './limits.js';
import { createRefusalLog } from './refusal-log.js';

export interface LoopbackOptions {
  readonly service: OobService;
  readonly launches: OobLaunches;
  readonly peerLookup: PeerLookup;
  /** 0 takes any free port, the same on both addresses. */
  readonly port: number;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Of the product; part of the constant well-known answer. */
  readonly version: string;
  readonly limits?: Partial<LoopbackLimits>;
  /** What the user has chosen for kort; undefined leaves the language of pages to the browser. */
  readonly chosenLanguage?: () => Language | undefined;
  /** Who listens on a taken port, in words for the error. */
  readonly describeOwner?: (port: number) => Promise<string | undefined>;
}

export interface Loopback {
  readonly port: number;
  /** Stops listening and drops every connection; collects that wait are aborted. */
  close(): Promise<void>;
}

/**
 * Opens the endpoint for relying parties on 127.0.0.1 and ::1.
 *
 * Two plain TCP listeners hand their sockets, still unread, to one HTTP server that itself listens nowhere; the gate
 * stands between it and the framework. A connection serves one request.
 *
 * @throws {MiddlewareError} ERR_OOB_PORT_TAKEN when either address of the port is taken; neither is served then.
 */
export async function startLoopback(options: LoopbackOptions): Promise<Loopback> {
  const limits = { ...defaultLimits, ...options.limits };
  const logRefusal = createRefusalLog(options.logger, options.clock);
  let port = options.port;
  const http = await createHttpServer({
    ...options,
    limits,
    logRefusal,
    port: () => port,
    onHeader: (request) => connections.headerArrived(request.socket),
    onRequest: (request) => connections.requestArrived(request.socket),
  });
  const connections: Connections = createConnections({
    ...options,
    limits,
    logRefusal,
    admit: (socket) => {
      http.server.emit('connection', socket);
      socket.resume();
    },
    onHeaderTimeout: (socket) => sendErrorOnSocket(socket, requestTimeout),
  });
  const bound = await bindLoopback({ ...options, onConnection: (socket) => connections.accept(socket) });
  port = bound.port;
  return {
    port,
    close: async () => {
      const closed = Promise.all(bound.servers.map(closeServer));
      connections.destroyAll();
      await closed;
      await http.close();
    },
  };
}
