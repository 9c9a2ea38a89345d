import { requireTrustedFile } from './trusted-file.js';

/** Where systems have it; never looked for in PATH, which others may have led astray. */
const usualPlaces = ['/usr/bin/pinentry', '/usr/local/bin/pinentry', '/opt/homebrew/bin/pinentry-mac'];

/**
 * The dialogue program that is there and that nobody but the administrator and the user can have put there, links
 * followed: the one that is named, else the first of the usual ones. Undefined where there is none.
 */
export function findPinentryProgram(named: string | undefined): string | undefined {
  for (const path of named === undefined ? usualPlaces : [named]) {
    try {
      return requireTrustedFile(path);
    } catch {
      continue;
    }
  }
  return undefined;
}

/** Whether windows can be shown: a desktop's address is in the environment, or the system is one. */
export function hasDesktop(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): boolean {
  return platform === 'darwin' || [env['DISPLAY'], env['WAYLAND_DISPLAY']].some((name) => (name ?? '') !== '');
}
