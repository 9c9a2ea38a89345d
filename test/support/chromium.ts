import { setTimeout as delay } from 'node:timers/promises';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type LaunchOptions, type Page } from 'playwright-core';

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Debian's Chromium without a screen; the caller closes it. */
export function launchChromium({ args = [], ...options }: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: [...quiet, ...args], ...options });
}

/** The user has said no to a page of this origin, once and for all. */
export async function denyPermission(browser: Browser, name: string, origin: string): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  const { browserContextIds } = await session.send('Target.getBrowserContexts');
  for (const browserContextId of browserContextIds) {
    await session.send('Browser.setPermission', { permission: { name }, setting: 'denied', origin, browserContextId });
  }
  await session.detach();
}

/** Keeps a picture of the page for people to look at, where `KORT_SCREENSHOTS` names a folder. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env['KORT_SCREENSHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  // Chromium refuses a picture, now and then, while one page takes another's place.
  for (let tries = 1; ; tries += 1) {
    try {
      await page.screenshot({ path });
      return;
    } catch (error) {
      if (tries === 5) throw error;
      await delay(200);
    }
  }
}
