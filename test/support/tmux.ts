import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A program on a terminal of its own, whose screen can be read and whose keys can be pressed. */
export interface TmuxTerminal {
  /** Presses keys, by tmux's names: `Enter`, `Escape`, `C-c`, `BSpace`, `Tab`; anything else is typed as it is. */
  keys(...keys: readonly string[]): void;
  /** The screen as text. */
  screen(): string;
  /** The screen with its color sequences. */
  coloredScreen(): string;
  /** The screen once it fits; rejects after half a minute with what it shows instead. */
  until(fits: RegExp): Promise<string>;
  /** Gives the window another size. */
  resize(columns: number, rows: number): void;
  /** Writes every byte that the program writes from now on to this file too. */
  record(path: string): void;
  /** Types characters one by one, so many in a second. */
  typeAt(text: string, perSecond: number): Promise<void>;
  /** Process id of the program. */
  readonly pid: number;
  close(): void;
}

/** Runs a shell command in a tmux server of its own. */
export function openTmux(
  command: string,
  env: NodeJS.ProcessEnv,
  { columns, rows } = { columns: 100, rows: 40 },
): TmuxTerminal {
  const folder = mkdtempSync(join(tmpdir(), 'kort-tmux-'));
  const tmux = (...args: readonly string[]): string => {
    const { status, stdout, stderr, error } = spawnSync(
      'tmux',
      ['-S', join(folder, 'server'), '-f', '/dev/null', ...args],
      {
        encoding: 'utf8',
        env: { ...env, LC_ALL: 'C.UTF-8', TERM: 'xterm-256color' },
      },
    );
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(`tmux ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  // The shell stays, so that the last screen can be read.
  const settings = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value ?? ''}`]);
  tmux('-u', 'new-session', '-d', '-x', String(columns), '-y', String(rows), ...settings, `${command}; sleep 1000`);
  const screen = (): string => tmux('capture-pane', '-p');
  return {
    screen,
    coloredScreen: () => tmux('capture-pane', '-p', '-e'),
    keys: (...keys) => void tmux('send-keys', ...keys),
    resize: (width, height) => void tmux('resize-window', '-x', String(width), '-y', String(height)),
    record: (path) => void tmux('pipe-pane', `cat >> '${path}'`),
    typeAt: async (text, perSecond) => {
      const args = ['-S', join(folder, 'server'), '-C', 'attach', '-f', 'ignore-size,no-output'];
      const keyboard = spawn('tmux', args, { stdio: ['pipe', 'ignore', 'inherit'] });
      const begun = performance.now();
      for (const [index, character] of Array.from(text).entries()) {
        keyboard.stdin.write(`send-keys -H ${character.charCodeAt(0).toString(16)}\n`);
        await delay(Math.max(0, begun + ((index + 1) * 1000) / perSecond - performance.now()));
      }
      keyboard.stdin.end();
      await once(keyboard, 'exit');
    },
    pid: Number(tmux('list-panes', '-F', '#{pane_pid}')),
    until: async (fits) => {
      for (let tries = 0; tries < 600; tries += 1) {
        const shown = screen();
        if (fits.test(shown)) return shown;
        await delay(50);
      }
      throw new Error(`The screen does not show ${String(fits)} but:\n${screen()}`);
    },
    close: () => {
      tmux('kill-server');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
