// Not tried: never run on Windows.
import { join } from 'node:path';
import { startProgram } from './run-program.js';

/** `start` of cmd.exe would read `&` and `^` of an address as its own. */
export function openBrowserWindows(url: string, env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const program = join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'rundll32.exe');
  return startProgram(program, ['url.dll,FileProtocolHandler', url]);
}
