import { openBrowserLinux } from './open-browser-linux.js';
import { openBrowserMacos } from './open-browser-macos.js';
import { openBrowserWindows } from './open-browser-windows.js';

/**
 * Opens a web address in the user's browser. Whether that seems to have worked; an address that is neither https nor
 * http on this machine, or that carries a user name, is not opened: a desktop does other things with other addresses.
 */
export async function openBrowser(address: string, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const url = webAddress(address);
  if (url === undefined) return false;
  if (platform === 'win32') return await openBrowserWindows(url);
  return platform === 'darwin' ? await openBrowserMacos(url) : await openBrowserLinux(url);
}

const loopbackHosts = ['127.0.0.1', '[::1]', 'localhost'];

/** The address as the URL Standard writes it, so that none of its characters means anything to whoever gets it. */
export function webAddress(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, username, password, href } = new URL(address);
  const isWeb = protocol === 'https:' || (protocol === 'http:' && loopbackHosts.includes(hostname));
  return isWeb && username === '' && password === '' ? href : undefined;
}
