import { MiddlewareError } from '../core/errors.js';
import type { LinkRegistration } from '../model/link-handler.js';
import type { LinkProgram } from './link-program.js';
import { linuxLinkRegistration } from './link-registration-linux.js';
import { macosLinkRegistration } from './link-registration-macos.js';
import { windowsLinkRegistration } from './link-registration-windows.js';

/**
 * How `kort:` links are registered on this operating system.
 *
 * @throws {MiddlewareError} ERR_LINK_REGISTRATION where that is not known.
 */
export function createLinkRegistration(
  program: LinkProgram,
  platform: NodeJS.Platform = process.platform,
): LinkRegistration {
  switch (platform) {
    case 'linux':
      return linuxLinkRegistration(program);
    case 'win32':
      return windowsLinkRegistration(program);
    case 'darwin':
      return macosLinkRegistration(program);
    default:
      throw new MiddlewareError('ERR_LINK_REGISTRATION', 'Unknown system', { fields: { detail: platform } });
  }
}
