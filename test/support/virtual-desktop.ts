import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A desktop without a screen: Xvfb, with xdotool's keyboard. */
export interface VirtualDesktop {
  readonly env: { readonly DISPLAY: string };
  /** Names of the windows that are shown. */
  windows(): Promise<readonly string[]>;
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
  return {
    env,
    async windows() {
      const found = await xdotool('search', '--onlyvisible', '--name', '.').catch(() => '');
      const ids = found.split('\n').filter((id) => id !== '');
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
