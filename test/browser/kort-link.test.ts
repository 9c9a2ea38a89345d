import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium } from '../support/chromium.js';
import { kortProgram } from '../support/daemon.js';
import { runProcess, type ProcessResult } from '../support/run-process.js';
import { startSampleIdp, type SampleIdp } from '../support/sample-idp.js';
import { sandboxPin } from '../../src/sandbox/sandbox-cards.js';
import { openTmux } from '../support/tmux.js';

/*
 * Logins that begin with a link: the real kort, registered by itself, started by xdg-open as a desktop does. What it
 * opens in the end goes to a program that writes the address down, in place of a browser of the desktop.
 */
let idp: SampleIdp;
let journal: string;
let browser: Browser;
let context: BrowserContext;
let env: Record<string, string>;
let opened: string;

beforeAll(async () => {
  [idp, browser] = await Promise.all([startSampleIdp({ launcher: 'scheme' }), launchChromium()]);
  [journal] = idp.apps;
  const { home } = idp;
  opened = join(home.folder, 'opened');
  const own = Object.entries(home.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  env = { ...Object.fromEntries(own), DISPLAY: ':9999' };
  await installDesktopBrowser();
  const registered = await run(process.execPath, kortProgram, '--instance', 'sandbox', 'link', 'register');
  expect(registered).toMatchObject({ code: 0 });
  await idp.useCard('tolvan');
});
afterAll(async () => {
  await browser.close();
  await idp.close();
});

beforeEach(async () => {
  rmSync(opened, { force: true });
  context = await browser.newContext();
});
afterEach(() => context.close());

/** What xdg-open opens web addresses with. */
async function installDesktopBrowser(): Promise<void> {
  const { folder } = idp.home;
  const program = join(folder, 'desktop-browser');
  writeFileSync(program, `#!/bin/sh\nprintf %s "$1" > ${opened}\n`, { mode: 0o755 });
  const applications = join(folder, '.local/share/applications');
  for (const path of [applications, join(folder, 'config')]) mkdirSync(path, { recursive: true });
  const entry = ['[Desktop Entry]', 'Type=Application', 'Name=Browser', `Exec=${program} %u`, ''].join('\n');
  writeFileSync(join(applications, 'desktop-browser.desktop'), entry);
  await run('xdg-mime', 'default', 'desktop-browser.desktop', 'x-scheme-handler/http');
}

/** In the user's folders, and with nothing else of whatever desktop runs here. */
function run(program: string, ...args: readonly string[]): Promise<ProcessResult> {
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return runProcess('env', ['-i', ...settings, program, ...args], { cwd: idp.home.folder });
}

interface Login {
  readonly page: Page;
  readonly link: string;
}

async function begin(): Promise<Login> {
  const page = await context.newPage();
  await page.route('**/login.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
  await page.goto(`${journal}/login`);
  const link = await page.getAttribute('a[data-way=scheme]', 'href');
  return { page, link: link! };
}

/** Where the desktop's browser was sent. */
const address = (): string => readFileSync(opened, 'utf8');

async function whoIs(page: Page): Promise<string | null> {
  await page.goto(`${journal}/`);
  return await page.textContent('#who');
}

describe('a kort: link', () => {
  it('counts once', async () => {
    const { link } = await begin();
    await run('xdg-open', link);
    rmSync(opened);
    const shown = idp.surface.shown.length;
    expect((await run('xdg-open', link)).code).not.toBe(0);
    expect([existsSync(opened), idp.surface.shown.length]).toEqual([false, shown]);
  });

  it('for a service that is not registered asks for nothing', async () => {
    const { link } = await begin();
    const shown = idp.surface.shown.length;
    const stranger = link.replace(/client_id=[^&]*/, 'client_id=urn:test:stranger');
    const { code, stderr } = await run('xdg-open', stranger);
    expect(code).not.toBe(0);
    expect(stderr).toContain('ERR_OOB_UNAUTHORIZED');
    expect([existsSync(opened), idp.surface.shown.length]).toEqual([false, shown]);
  });

  it('that is opened on a terminal asks for the PIN there, where no other prompt is open', async () => {
    const { client } = idp.daemon;
    await client.request('prompt.detach', {});
    const { page, link } = await begin();
    const terminal = openTmux(`${process.execPath} ${kortProgram} --instance sandbox open '${link}'`, env);
    try {
      await terminal.until(/^PIN:$/m);
      // A new prompt is deaf for a while.
      await page.waitForTimeout(700);
      terminal.keys(sandboxPin, 'Enter');
      await terminal.until(/Go on in the browser/);
      expect(terminal.screen()).not.toContain(sandboxPin);
    } finally {
      terminal.close();
      await client.request('prompt.attach', { kind: 'terminal' });
    }
    await page.goto(address());
    expect(await whoIs(page)).toContain('Tolvan Tolvansson');
  });
});
