import { connect, type ControlClient } from '../client/client.js';
import { MiddlewareError } from '../core/errors.js';
import { instancePaths } from '../platform/paths.js';
import { checkPrivateFolder } from '../platform/private-folder.js';

/**
 * Connects to the daemon of an instance. A socket in a folder that others can write is not asked: it may be theirs.
 *
 * @throws {MiddlewareError} ERR_IPC_DAEMON_UNREACHABLE, ERR_CONFIG_FOLDER_UNSAFE, ERR_USAGE for a malformed name.
 */
export async function connectTo(instance: string, paths = instancePaths(instance)): Promise<ControlClient> {
  const { runtime, controlSocket } = paths;
  if (!checkPrivateFolder(runtime)) {
    throw new MiddlewareError('ERR_IPC_DAEMON_UNREACHABLE', 'No daemon has run', { fields: { instance } });
  }
  if (process.platform !== 'win32') return await connect({ socketPath: controlSocket });
  const { readControlKey } = await import('../platform/control-key.js');
  const key = readControlKey(runtime);
  return await connect({ socketPath: controlSocket, ...(key === undefined ? {} : { key }) });
}
