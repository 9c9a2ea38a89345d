import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { screenshot } from '../support/chromium.js';
import { kortProgram } from '../support/daemon.js';
import { launchManagedChromium } from '../support/managed-chromium.js';
import { runProcess } from '../support/run-process.js';
import { startSampleIdp, type SampleIdp } from '../support/sample-idp.js';

/*
 * What an administrator sets up: the example policy in a browser, `kort:` links registered, and a default browser. The
 * login page comes from a public address, and nobody is asked anything.
 */
let idp: SampleIdp;
let journal: string;
let browser: Browser;
let page: Page;
/** Where the default browser writes down what it was to open. */
let opened: string;

beforeAll(async () => {
  // A display that is never opened: without one xdg-open takes every address for one of the web.
  idp = await startSampleIdp({ env: { DISPLAY: ':9999' } });
  [journal] = idp.apps;
  const { folder, env } = idp.home;
  opened = join(folder, 'opened');
  await run(process.execPath, kortProgram, '--instance', 'sandbox', 'link', 'register');
  await registerDefaultBrowser(folder);
  const policy = readFileSync('examples/policies/chromium.json', 'utf8').replaceAll(
    'https://login.clinic.example',
    idp.origin,
  );
  browser = await launchManagedChromium({
    folder,
    policy: JSON.parse(policy) as object,
    env,
    args: [`--ip-address-space-overrides=127.0.0.1:${new URL(idp.origin).port}=public`],
  });
  await idp.useCard('tolvan');
});
afterAll(async () => {
  await browser.close();
  await idp.close();
});
beforeEach(async () => {
  rmSync(opened, { force: true });
  page = await (await browser.newContext({ locale: 'sv-SE' })).newPage();
});

/** Runs a program with the variables of the test alone. */
async function run(...command: string[]): Promise<void> {
  const settings = Object.entries(idp.home.env).map(([name, value]) => `${name}=${value}`);
  const { code, stdout, stderr } = await runProcess('env', ['-i', ...settings, ...command]);
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}\n${stdout}${stderr}`);
}

/** The browser under test runs already; what its second start would hand over to it, this hands to the test. */
async function registerDefaultBrowser(folder: string): Promise<void> {
  const program = join(folder, 'default-browser');
  writeFileSync(program, `#!/bin/sh\nprintf %s "$1" >'${opened}.part' && mv '${opened}.part' '${opened}'\n`);
  chmodSync(program, 0o755);
  const applications = join(folder, '.local', 'share', 'applications');
  mkdirSync(applications, { recursive: true });
  const entry = ['[Desktop Entry]', 'Type=Application', 'Name=TEST browser', `Exec=${program} %u`];
  writeFileSync(join(applications, 'test-browser.desktop'), `${entry.join('\n')}\n`);
  await run('xdg-mime', 'default', 'test-browser.desktop', 'x-scheme-handler/http');
}

/** Where the default browser was sent. */
async function openedAddress(): Promise<string> {
  await expect.poll(() => existsSync(opened)).toBe(true);
  return readFileSync(opened, 'utf8');
}

describe('a managed browser', () => {
  it('lets the page launcher through without a question', async () => {
    await page.goto(`${journal}/login`);
    await page.waitForURL(`${journal}/`);
    expect(await page.textContent('#who')).toContain('Tolvan Tolvansson');
    expect(idp.surface.shown.at(-1)).toMatchObject({ launcher: 'page' });
  });

  it('opens kort by a link, and comes back in the default browser', async () => {
    await beginWithoutScript();
    const code = await page.textContent('#code');
    await page.click('a[data-way=scheme]');
    const address = await openedAddress();
    expect(address).toMatch(/\/interaction\/[\w-]+\/return\?response_code=[\w-]{22}$/);
    expect(idp.surface.shown.at(-1)).toMatchObject({ confirmationCode: code, launcher: 'scheme' });
    await page.goto(address);
    await page.waitForURL(`${journal}/`);
    expect(await page.textContent('#who')).toContain('Tolvan Tolvansson');
    await screenshot(page, 'application-by-link');
  });

  it('signs nobody in where the link was opened, when somebody else began the login', async () => {
    const attacker = await (await browser.newContext()).newPage();
    const victim = page;
    page = attacker;
    await beginWithoutScript();
    // The victim opens the attacker's link, compares nothing, and types the PIN.
    const link = await attacker.getAttribute('a[data-way=scheme]', 'href');
    await run('xdg-open', link!);
    const address = await openedAddress();
    expect(idp.surface.shown.at(-1)).toMatchObject({ launcher: 'scheme' });
    await victim.goto(address);
    expect(await victim.getAttribute('main', 'data-failure')).toBe('otherBrowser');
    for (const own of [address, attacker.url(), `${journal}/`]) await attacker.goto(own);
    expect(await attacker.textContent('#who')).toContain('Nobody');
  });
});

/** Opens the login page, which tries nothing by itself then. */
async function beginWithoutScript(): Promise<void> {
  await page.route('**/login.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
  await page.goto(`${journal}/login`);
}
