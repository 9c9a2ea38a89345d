import type { ExpiryWarning } from '../model/expiry.js';
import type { Logger } from '../core/ports.js';
import { startControlServer, type ControlServer } from '../daemon/control/control-server.js';
import type { ControlHandlers, PinReceiver } from '../daemon/control/handlers.js';
import { createControlKey } from '../platform/control-key.js';
import type { InstancePaths } from '../platform/paths.js';
import { clearStaleSocket } from '../platform/stale-socket.js';

/** What an instance's control socket answers with. */
export interface ControlOptions {
  readonly paths: InstancePaths;
  readonly handlers: ControlHandlers;
  readonly pinReceiver: PinReceiver;
  readonly logger: Logger;
}

/** Serves the control socket of an instance. */
export async function startControl({ paths, ...options }: ControlOptions): Promise<ControlServer> {
  const key = process.platform === 'win32' ? createControlKey(paths.runtime) : undefined;
  return await startControlServer({
    endpoint: { path: paths.controlSocket, ...(key === undefined ? {} : { key }) },
    clearStale: async () => await clearStaleSocket(paths.controlSocket),
    ...options,
  });
}

/** What all clients are told; nobody hears it before there is a control server. */
export interface Announcements {
  changed(): void;
  warn(warning: ExpiryWarning): void;
  /** From now on its clients hear. */
  through(server: Pick<ControlServer, 'notify'>): void;
}

/** Announcements that nobody hears yet. */
export function createAnnouncements(): Announcements {
  let server: Pick<ControlServer, 'notify'> | undefined;
  return {
    changed: () => server?.notify('status.changed', {}),
    warn: (warning) => server?.notify('expiry.warning', warning),
    through: (started) => {
      server = started;
    },
  };
}
