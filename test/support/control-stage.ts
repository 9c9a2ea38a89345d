import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectOptions, type ControlClient } from '../../src/client/client.js';
import { systemClock } from '../../src/core/ports.js';
import type { ControlLimits } from '../../src/daemon/control/control-connection.js';
import { startControlServer, type ControlServer } from '../../src/daemon/control/control-server.js';
import type { ControlHandlers } from '../../src/daemon/control/handlers.js';
import { attachedSurfaces, type AttachedSurfaces } from '../../src/daemon/control/prompt-surfaces.js';
import { clearStaleSocket } from '../../src/platform/stale-socket.js';
import { recordingLogger, type RecordingLogger } from './recording-logger.js';

/** A control server with prompt surfaces and nothing behind them. */
export interface ControlStage {
  readonly folder: string;
  readonly socketPath: string;
  readonly server: ControlServer;
  readonly prompts: AttachedSurfaces;
  readonly logger: RecordingLogger;
  connect(options?: Partial<ConnectOptions>): Promise<ControlClient>;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly handlers?: ControlHandlers;
  readonly limits?: Partial<ControlLimits>;
  readonly key?: Uint8Array;
  /** Where to listen, instead of in a folder that is made for it. */
  readonly socketPath?: string;
}

export async function openControlStage({
  handlers,
  limits,
  key,
  ...options
}: StageOptions = {}): Promise<ControlStage> {
  const folder = mkdtempSync(join(tmpdir(), 'kort-control-'));
  const socketPath = options.socketPath ?? join(folder, 'control.sock');
  const logger = recordingLogger();
  const prompts = attachedSurfaces({ clock: systemClock, logger });
  const server = await startControlServer({
    endpoint: { path: socketPath, ...(key === undefined ? {} : { key }) },
    clearStale: () => clearStaleSocket(socketPath),
    handlers: { ...prompts.handlers, ...handlers },
    pinReceiver: prompts.pinReceiver,
    logger,
    ...(limits === undefined ? {} : { limits }),
  });
  const clients: ControlClient[] = [];
  return {
    folder,
    socketPath,
    server,
    prompts,
    logger,
    connect: async (options) => {
      const client = await connect({ socketPath, ...options });
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) client.close();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
