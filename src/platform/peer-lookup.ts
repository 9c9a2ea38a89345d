import { MiddlewareError } from '../core/errors.js';
import type { PeerLookup } from '../core/ports.js';
import { linuxPeerLookup } from './peer-lookup-linux.js';
import { macosPeerLookup } from './peer-lookup-macos.js';
import { windowsPeerLookup } from './peer-lookup-windows.js';

/**
 * The lookup of this operating system.
 *
 * @throws {MiddlewareError} ERR_INTERNAL where there is none: without it the loopback endpoint may not open.
 */
export function createPeerLookup(platform: NodeJS.Platform = process.platform): PeerLookup {
  switch (platform) {
    case 'linux':
    case 'android':
      return linuxPeerLookup();
    case 'win32':
      return windowsPeerLookup();
    case 'darwin':
      return macosPeerLookup();
    default:
      throw new MiddlewareError('ERR_INTERNAL', 'No peer lookup for this operating system', { fields: { platform } });
  }
}
