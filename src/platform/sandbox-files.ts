import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { instancePaths, type InstancePaths } from './paths.js';

/** Where a sandbox keeps its cards, its CA and its issuer. */
export function sandboxFolder({ state }: Pick<InstancePaths, 'state'>): string {
  return join(state, 'sandbox');
}

/** Whether a sandbox has run as this instance; false for a name that none can have. */
export function hasSandboxFiles(instance: string): boolean {
  try {
    // The folder alone may be that of an instance which is called so.
    return existsSync(join(sandboxFolder(instancePaths(instance)), 'ca.pem'));
  } catch {
    return false;
  }
}
