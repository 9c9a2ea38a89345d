import type { DaemonStatus } from '../control-contract/status.js';
import type { ControlHandlers } from '../daemon/control/handlers.js';
import type { InstancePaths } from '../platform/paths.js';
import type { DaemonOptions } from './daemon-options.js';
import { productVersion } from './product.js';

/** What a daemon tells of itself that changes. */
export type StatusCounts = Pick<DaemonStatus, 'surfaces' | 'openOrders' | 'unfinishedDownloads' | 'skippedFiles'>;

const nothingToCount: StatusCounts = { surfaces: 0, openOrders: 0, unfinishedDownloads: 0 };

/** What a daemon that has just begun tells of itself. */
export function daemonStatus(
  { options, paths }: { readonly options: DaemonOptions; readonly paths: InstancePaths },
  loopback: () => DaemonStatus['loopback'],
  counts: () => StatusCounts = () => nothingToCount,
): () => DaemonStatus {
  const startedAt = new Date().toISOString();
  const version = productVersion();
  const { sandbox } = options;
  const { instance } = paths;
  return () => ({ version, pid: process.pid, instance, sandbox, startedAt, loopback: loopback(), ...counts() });
}

/** The `daemon.*` methods. */
export function lifeMethods(status: () => DaemonStatus, onStopAsked: () => void): ControlHandlers {
  return {
    'daemon.status': () => status(),
    'daemon.stop': () => {
      // After the answer is written: closing sends what is already on its way.
      setImmediate(onStopAsked);
      return {};
    },
  };
}
