import { runProgram } from './run-program.js';

/** How the desktop's proxies are set (GNOME's org.gnome.system.proxy); undefined for none, or where that is not known. */
export async function desktopProxyMode(env: NodeJS.ProcessEnv = process.env): Promise<'manual' | 'auto' | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { code, output } = await runProgram('gsettings', ['get', 'org.gnome.system.proxy', 'mode'], env);
  const word = output.trim().replaceAll("'", '');
  return code === 0 && (word === 'manual' || word === 'auto') ? word : undefined;
}
