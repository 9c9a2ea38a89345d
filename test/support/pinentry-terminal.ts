import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PrivateHome } from './daemon.js';
import { openTmux, type TmuxTerminal } from './tmux.js';

/** Opens a terminal and makes every daemon of these folders ask for PINs on it, with one of Debian's pinentry programs. */
export async function openPinentryTerminal(
  home: PrivateHome,
  program: string,
  language: 'sv' | 'en',
): Promise<TmuxTerminal> {
  const told = join(home.folder, 'tty');
  const terminal = openTmux(`tty > ${told}; stty -echo; exec sleep 1000`, home.env, { columns: 100, rows: 40 });
  let tty = '';
  while (!tty.endsWith('\n')) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    tty = read(told);
  }
  const settings = { language, pinentry: 'on', 'pinentry-program': program, 'pinentry-terminal': tty.trim() };
  writeSettings(home, settings);
  return terminal;
}

/** The user's settings, in place of what was set. */
export function writeSettings(home: PrivateHome, settings: Readonly<Record<string, string>>): void {
  const folder = join(home.folder, 'config', 'kort');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings), { mode: 0o600 });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
