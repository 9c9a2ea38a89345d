import { MiddlewareError } from '../../core/errors.js';
import type { ReaderTransport } from '../card-channel.js';
import type { CardConnection, ReaderBackend } from '../card-connection.js';
import { createReaderTransport } from '../reader-transport.js';
import { openPcscConnection } from './pcsc-connection.js';
import { systemOfPlatform } from './own-system.js';
import type { PcscSystem } from './pcsc-system.js';
import { watchReaders, type ReaderWatch } from './reader-watch.js';
import { loadWinscard, type Winscard } from './winscard.js';

/** How long close() waits for native calls to return, milliseconds. */
const CLOSE_MS = 2_000;

/** Reaches the readers of this computer through its PC/SC service. */
export function createPcscTransport(system: PcscSystem = systemOfPlatform()): ReaderTransport {
  const winscard = loadWinscard(system);
  return createReaderTransport(winscard === undefined ? missingBackend : createPcscBackend(winscard, system));
}

/** The PC/SC library is not installed. */
const missingBackend: ReaderBackend = {
  start(publish) {
    publish({ service: 'missing', readers: [] });
    return Promise.resolve();
  },
  open: () => Promise.reject(new MiddlewareError('ERR_PCSC_LIBRARY_MISSING', 'PC/SC library is not installed')),
  close: () => Promise.resolve(true),
};

function createPcscBackend(winscard: Winscard, system: PcscSystem): ReaderBackend {
  const connections = new Map<string, number>();
  let watch: ReaderWatch | undefined;
  const count = (reader: string, change: number): void =>
    void connections.set(reader, (connections.get(reader) ?? 0) + change);

  return {
    async start(publish) {
      const ownConnections = (reader: string): number => connections.get(reader) ?? 0;
      watch = watchReaders({ winscard, system, publish, ownConnections });
      await watch.started;
    },
    async open(reader) {
      count(reader, 1);
      try {
        return countedConnection(await openPcscConnection(winscard, system, reader), () => count(reader, -1));
      } catch (error) {
        count(reader, -1);
        throw error;
      }
    },
    async close() {
      const deadline = performance.now() + CLOSE_MS;
      const stopped = watch?.stop().then(() => true) ?? Promise.resolve(true);
      const late = new Promise<boolean>((resolve) => setTimeout(resolve, CLOSE_MS, false).unref());
      if (!(await Promise.race([stopped, late]))) return false;
      while (winscard.pending > 0 && performance.now() < deadline) await new Promise((next) => setTimeout(next, 10));
      return winscard.pending === 0;
    },
  };
}

function countedConnection(connection: CardConnection, onDisconnect: () => void): CardConnection {
  return {
    ...connection,
    get protocol() {
      return connection.protocol;
    },
    disconnect(disposition) {
      onDisconnect();
      return connection.disconnect(disposition);
    },
  };
}
