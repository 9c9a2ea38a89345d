import { startProgram } from './run-program.js';

/** xdg-utils: the browser that the user chose. */
export function openBrowserLinux(url: string): Promise<boolean> {
  return startProgram('xdg-open', [url]);
}
