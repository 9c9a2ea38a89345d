import type { CardPrograms } from '../core/ports.js';
import { linuxCardPrograms, type CardProgramsOptions } from './card-programs-linux.js';

/** What this operating system tells of the programs that use PC/SC; Windows and macOS tell nothing that we know of. */
export function createCardPrograms(
  socketPath: string,
  options: CardProgramsOptions = {},
  platform: NodeJS.Platform = process.platform,
): CardPrograms {
  if (platform === 'linux' || platform === 'android') return linuxCardPrograms(socketPath, options);
  return { current: () => Promise.resolve(undefined) };
}

/** Where pcsc-lite's service listens: libpcsclite looks at the same variable. */
export function pcscSocketPath(environment: NodeJS.ProcessEnv = process.env): string {
  return environment['PCSCLITE_CSOCK_NAME'] ?? '/run/pcscd/pcscd.comm';
}
