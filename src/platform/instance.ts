import { MiddlewareError } from '../core/errors.js';

/** The instance that is meant when none is named. */
export const defaultInstance = 'default';

const defaultPort = 14940;

/**
 * Checks the name of an instance: 1 to 32 of a-z, 0-9 and hyphen. `run` is taken by the fallback of the runtime folder.
 *
 * @throws {MiddlewareError} ERR_USAGE.
 */
export function checkInstanceName(name: string): string {
  if (!/^[a-z0-9-]{1,32}$/.test(name) || name === 'run') {
    throw new MiddlewareError('ERR_USAGE', 'Malformed instance name', {
      fields: { detail: '--instance', reason: 'instanceName' },
    });
  }
  return name;
}

/** The loopback port of an instance unless it is told another: 14940, and 14941 to 15939 for the named ones. */
export function defaultPortOf(instance: string): number {
  return instance === defaultInstance ? defaultPort : defaultPort + 1 + (hash(instance) % 999);
}

/** Where a sandbox of that name tells about revocation, if the port is free: 15940, and 15941 to 16939. */
export function revocationPortOf(instance: string): number {
  return defaultPortOf(instance) + 1000;
}

/** Where a sandbox of that name has its issuer, if the port is free: 16940, and 16941 to 17939. */
export function issuerPortOf(instance: string): number {
  return defaultPortOf(instance) + 2000;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
