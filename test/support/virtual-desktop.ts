import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A desktop without a screen: Xvfb, with xdotool's keyboard. */
export interface VirtualDesktop {
  readonly env: { readonly DISPLAY: string };
  /** Names of the windows that are shown. */
  windows(): Promise<readonly string[]>;
  /** Waits for a window of this name of another process than one before; resolves with the id of its process. */
  next(name: string, before?: string): Promise<string>;
  /** Types into the window that has the keyboard. */
  type(text: string): Promise<void>;
  /** By xdotool's names: `Return`, `Tab`, `Escape`. */
  key(name: string): Promise<void>;
  close(): void;
}

export async function startVirtualDesktop(): Promise<VirtualDesktop> {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const failed = once(server, 'error').then(([error]) => Promise.reject(error as Error));
  const told = server.stdio[3];
  if (told === null || told === undefined) throw new Error('Xvfb was not started');
  const [number] = (await Promise.race([once(told, 'data'), failed])) as [Buffer];
  const env = { DISPLAY: `:${number.toString().trim()}` };
  const xdotool = async (...args: readonly string[]): Promise<string> =>
    (await run('xdotool', args, { env: { ...env, PATH: process.env['PATH'] } })).stdout;
  const shown = async (name: string): Promise<readonly string[]> =>
    (await xdotool('search', '--onlyvisible', '--name', name).catch(() => '')).split('\n').filter((id) => id !== '');
  return {
    env,
    async next(name, before) {
      for (let tries = 0; tries < 200; tries += 1) {
        // The number of a window that is closed is given to the next program.
        for (const id of await shown(`^${name}$`)) {
          const pid = (await xdotool('getwindowpid', id).catch(() => '')).trim();
          if (pid !== '' && pid !== before) return pid;
        }
        await delay(50);
      }
      throw new Error(`No other window is called ${name}`);
    },
    async windows() {
      const ids = await shown('.');
      return await Promise.all(ids.map(async (id) => (await xdotool('getwindowname', id).catch(() => '')).trim()));
    },
    async type(text) {
      await xdotool('type', '--delay', '20', text);
    },
    async key(name) {
      await xdotool('key', name);
    },
    close: () => void server.kill('SIGKILL'),
  };
}
