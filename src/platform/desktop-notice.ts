import { linuxNotice } from './desktop-notice-linux.js';
import { macosNotice } from './desktop-notice-macos.js';
import { runProgram } from './run-program.js';

/**
 * Shows a sentence to a user whose desktop started us without a terminal; whether that could be done. Windows has no
 * program of its own for it.
 */
export async function showDesktopNotice(
  { title, text }: { readonly title: string; readonly text: string },
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  if (platform === 'win32') return false;
  const [program, ...args] = platform === 'darwin' ? macosNotice(title, text) : linuxNotice(title, text);
  return (await runProgram(program, args)).code === 0;
}
