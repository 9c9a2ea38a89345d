import { createServer, type Server, type Socket } from 'node:net';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';

const addresses = ['127.0.0.1', '::1'] as const;
type LoopbackAddress = (typeof addresses)[number];

/** The host has no such address family: nobody can have taken it there. */
const lacksFamily = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPROTONOSUPPORT']);
/** Windows says EACCES for a port that another program holds exclusively. */
const isTaken = new Set(['EADDRINUSE', 'EACCES']);
const portAttempts = 20;

/** Both listeners of one port, or the only one that the host can have. */
export interface BoundLoopback {
  readonly port: number;
  readonly servers: readonly Server[];
}

export interface BindOptions {
  /** 0 takes any port that is free on both addresses. */
  readonly port: number;
  readonly onConnection: (socket: Socket) => void;
  /** Who listens on a taken port, in words for the error's `owner` field. */
  readonly describeOwner?: ((port: number) => Promise<string | undefined>) | undefined;
}

/**
 * Step 1 of the gate: binds the port on 127.0.0.1 and ::1 and on nothing else. Sockets come paused, and those that
 * arrive before both addresses are bound are dropped.
 *
 * @throws {MiddlewareError} ERR_OOB_PORT_TAKEN with `port`, `address` and perhaps `owner`; nothing is bound then.
 */
export async function bindLoopback(options: BindOptions): Promise<BoundLoopback> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await bindBoth(options);
    } catch (error) {
      // A port that the system chose for one address can be in use on the other.
      const mayRetry = options.port === 0 && attempt < portAttempts && isMiddlewareError(error, 'ERR_OOB_PORT_TAKEN');
      if (!mayRetry) throw error;
    }
  }
}

async function bindBoth(options: BindOptions): Promise<BoundLoopback> {
  const servers: Server[] = [];
  let port = options.port;
  let serving = false;
  const onConnection = (socket: Socket): void => {
    if (serving) options.onConnection(socket);
    else socket.destroy();
  };
  try {
    for (const address of addresses) {
      const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, onConnection);
      const failure = await listen(server, address, port);
      if (failure === undefined) {
        servers.push(server);
        port = boundPort(server, address, port);
      } else if (isTaken.has(failure.code ?? '')) throw await portTaken(port, address, failure, options);
      else if (!lacksFamily.has(failure.code ?? '')) throw failure;
    }
    if (servers.length === 0) throw new MiddlewareError('ERR_INTERNAL', 'This host has no loopback address');
  } catch (error) {
    await Promise.all(servers.map(closeServer));
    throw error;
  }
  serving = true;
  return { port, servers };
}

function listen(server: Server, host: LoopbackAddress, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen({ host, port, ipv6Only: true, exclusive: true }, () => {
      server.off('error', resolve);
      // A connection that the system could not hand over (no memory, no descriptor) is lost; the listener goes on.
      server.on('error', () => undefined);
      resolve(undefined);
    });
  });
}

/** The port, after asserting that the system bound what we asked for and nothing wider. */
function boundPort(server: Server, address: LoopbackAddress, port: number): number {
  const bound = server.address();
  if (bound === null || typeof bound === 'string' || bound.address !== address || (port !== 0 && bound.port !== port)) {
    server.close();
    throw new MiddlewareError('ERR_INTERNAL', 'The listener is not bound to the loopback address that was asked for');
  }
  return bound.port;
}

async function portTaken(
  port: number,
  address: LoopbackAddress,
  cause: NodeJS.ErrnoException,
  { describeOwner }: BindOptions,
): Promise<MiddlewareError> {
  const owner = await describeOwner?.(port).catch(() => undefined);
  return new MiddlewareError('ERR_OOB_PORT_TAKEN', 'The port is taken', { fields: { port, address, owner }, cause });
}

/** Stops listening; connections are left to their owner. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
