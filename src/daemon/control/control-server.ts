import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { MiddlewareError } from '../../core/errors.js';
import type { Logger } from '../../core/ports.js';
import type { ControlEndpoint } from '../../control-contract/endpoint.js';
import type { ControlEvent, ControlEvents } from '../../control-contract/methods.js';
import { serveConnection, type ControlConnection, type ControlLimits } from './control-connection.js';
import type { ControlHandlers, PinReceiver } from './handlers.js';

/** What a control server is made from. */
export interface ControlServerOptions {
  readonly endpoint: ControlEndpoint;
  /**
   * Called before listening: removes a socket that a dead daemon left behind; rejects with ERR_IPC_DAEMON_RUNNING when
   * a living one answers there.
   */
  readonly clearStale: () => Promise<void>;
  readonly handlers: ControlHandlers;
  readonly pinReceiver: PinReceiver;
  readonly logger: Logger;
  readonly limits?: Partial<ControlLimits>;
}

/** A listening control socket. */
export interface ControlServer {
  /** Pushes an event to every connection. */
  notify<E extends ControlEvent>(event: E, payload: ControlEvents[E]): void;
  /** Stops listening and ends the connections, sending first what was already written to them. */
  close(): Promise<void>;
}

const defaultLimits: ControlLimits = { connections: 32, requests: 32, unreadBytes: 4 << 20, frameMs: 10_000 };
const closeGraceMs = 500;

/**
 * Listens on a control socket that only the own user can open (mode 0600).
 *
 * @throws {MiddlewareError} ERR_IPC_DAEMON_RUNNING.
 */
export async function startControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const connections = new Set<ControlConnection>();
  const limits = { ...defaultLimits, ...options.limits };
  const { handlers, pinReceiver, logger, endpoint } = options;
  const server = createServer({ pauseOnConnect: true }, (accepted) => {
    if (connections.size >= limits.connections) {
      accepted.destroy();
      return;
    }
    const context = { handlers, pinReceiver, logger, limits, key: endpoint.key };
    const connection = serveConnection(accepted, context, () => connections.delete(connection));
    connections.add(connection);
  });
  await options.clearStale();
  await listenPrivately(server, endpoint.path);
  server.on('error', (error) => logger.error({ error }, 'Control socket failed'));
  return {
    notify(event, payload) {
      for (const connection of connections) connection.notify(event, payload);
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const ends = [...connections].map((connection) => ended(connection));
      for (const connection of connections) connection.close(closeGraceMs);
      await Promise.all([closed, ...ends]);
    },
  };
}

/** The socket gets its mode from the umask, so that there is no moment in which others could open it. */
async function listenPrivately(server: Server, path: string): Promise<void> {
  const listening = once(server, 'listening');
  const before = process.umask(0o177);
  try {
    // Binds before it returns, so the umask can go back at once.
    server.listen(path);
  } finally {
    process.umask(before);
  }
  try {
    await listening;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new MiddlewareError('ERR_IPC_DAEMON_RUNNING', 'The control socket is taken', { cause: error });
  }
}

function ended(connection: ControlConnection): Promise<void> {
  if (connection.signal.aborted) return Promise.resolve();
  return new Promise((resolve) => connection.signal.addEventListener('abort', () => resolve(), { once: true }));
}
