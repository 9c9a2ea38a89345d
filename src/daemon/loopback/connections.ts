import type { Socket } from 'node:net';
import type { Logger, PeerLookup } from '../../core/ports.js';
import type { LoopbackLimits } from './limits.js';
import type { RefusalLog } from './refusal-log.js';

export interface ConnectionOptions {
  readonly peerLookup: PeerLookup;
  readonly logger: Logger;
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
  destroyAll(): void;
}

/** Step 2 of the gate, before a byte is read: a place among the allowed number, and a peer of our own user. */
export function createConnections(options: ConnectionOptions): Connections {
  const { peerLookup, logger, logRefusal, limits } = options;
  const timers = new Map<Socket, NodeJS.Timeout>();
  const admitted = new WeakSet<Socket>();

  const refuse = (socket: Socket, reason: string): void => {
    logRefusal({ gate: 'peer', reason }, 'Connection refused');
    socket.destroy();
  };

  const accept = (socket: Socket): void => {
    // A peer that resets its connection is no error of ours.
    socket.on('error', () => socket.destroy());
    if (timers.size >= limits.connections) {
      refuse(socket, 'too many connections');
      return;
    }
    const timer = setTimeout(() => {
      if (admitted.has(socket)) options.onHeaderTimeout(socket);
      else refuse(socket, 'no answer about the peer');
    }, limits.headerMs);
    timers.set(socket, timer);
    socket.once('close', () => {
      clearTimeout(timer);
      timers.delete(socket);
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
