import type { Socket } from 'node:net';
import type { Clock, Logger, PeerLookup } from '../../core/ports.js';
import type { LoopbackLimits } from './limits.js';
import type { RefusalLog } from './refusal-log.js';

export interface ConnectionOptions {
  readonly peerLookup: PeerLookup;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly logRefusal: RefusalLog;
  readonly limits: LoopbackLimits;
  /** Gets each connection of our own user, still paused. */
  readonly admit: (socket: Socket) => void;
  /** The header did not arrive in time. */
  readonly onHeaderTimeout: (socket: Socket) => void;
}

export interface Connections {
  /** Takes a paused socket straight from the listener. */
  accept(socket: Socket): void;
  /** Says that the header of this connection's request is complete. */
  headerArrived(socket: Socket): void;
  /** Says that all of it is there: the place is then its own until it is answered. */
  requestArrived(socket: Socket): void;
  destroyAll(): void;
}

/** Step 2 of the gate, before a byte is read: a place among the allowed number, and a peer of our own user. */
export function createConnections(options: ConnectionOptions): Connections {
  const { peerLookup, logger, logRefusal, limits, clock } = options;
  const { connections, headerMs, dawdleMs } = limits;
  const timers = new Map<Socket, NodeJS.Timeout>();
  /** When each one came whose request is not there yet, the oldest first. */
  const arriving = new Map<Socket, number>();
  const admitted = new WeakSet<Socket>();

  const refuse = (socket: Socket, reason: string): void => {
    logRefusal({ gate: 'peer', reason }, 'Connection refused');
    socket.destroy();
  };

  const forget = (socket: Socket): void => {
    timers.delete(socket);
    arriving.delete(socket);
  };

  /** Whoever connects and then says nothing must not keep the places from those who have something to say. */
  const makeRoom = (): boolean => {
    const [oldest] = arriving;
    if (oldest === undefined || clock.monotonic() - oldest[1] < dawdleMs) return false;
    const [socket] = oldest;
    clearTimeout(timers.get(socket));
    forget(socket);
    refuse(socket, 'gave its place to another');
    return true;
  };

  const accept = (socket: Socket): void => {
    // A peer that resets its connection is no error of ours.
    socket.on('error', () => socket.destroy());
    if (timers.size >= connections && !makeRoom()) {
      refuse(socket, 'too many connections');
      return;
    }
    const timer = setTimeout(() => {
      if (admitted.has(socket)) options.onHeaderTimeout(socket);
      else refuse(socket, 'no answer about the peer');
    }, headerMs);
    timers.set(socket, timer);
    arriving.set(socket, clock.monotonic());
    socket.once('close', () => {
      clearTimeout(timer);
      forget(socket);
    });
    void isOwnUser(peerLookup, socket, logger).then((ours) => {
      if (socket.destroyed) return;
      if (!ours) {
        refuse(socket, 'not our user');
        return;
      }
      admitted.add(socket);
      options.admit(socket);
    });
  };

  return {
    accept,
    headerArrived: (socket) => clearTimeout(timers.get(socket)),
    requestArrived: (socket) => void arriving.delete(socket),
    destroyAll: () => {
      for (const socket of timers.keys()) socket.destroy();
    },
  };
}

async function isOwnUser(peerLookup: PeerLookup, socket: Socket, logger: Logger): Promise<boolean> {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  // A client that is gone already has no address.
  if (!localAddress || !localPort || !remoteAddress || !remotePort) return false;
  try {
    return await peerLookup.isOwnUser({ localAddress, localPort, remoteAddress, remotePort });
  } catch (error) {
    logger.error({ error }, 'Peer lookup failed');
    return false;
  }
}
