import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { denyPermission, launchChromium, screenshot } from '../support/chromium.js';
import { sandboxPin, sandboxSignaturePin } from '../../src/sandbox/sandbox-cards.js';
import { startSampleIdp, type SampleIdp } from '../support/sample-idp.js';

const level = (number: 2 | 3): string => `http://id.sambi.se/loa/loa${number}`;

let idp: SampleIdp;
let journal: string, labb: string;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  idp = await startSampleIdp();
  [journal, labb] = idp.apps;
  // As everywhere but on a developer's own computer, the login page comes from a public address.
  const { port } = new URL(idp.origin);
  browser = await launchChromium({ args: [`--ip-address-space-overrides=127.0.0.1:${port}=public`] });
});
afterAll(async () => {
  await browser.close();
  await idp.close();
});
beforeEach(async () => {
  context = await browser.newContext({ locale: 'sv-SE' });
  await context.grantPermissions(['local-network-access'], { origin: idp.origin });
  page = await context.newPage();
});
afterEach(() => context.close());

/** Asks an application for a login, and waits until it says how that ended. */
async function signIn(app: string, acrValues = level(3)): Promise<string | null> {
  await page.goto(`${app}/login?acr_values=${acrValues}`);
  await page.waitForURL(`${app}/`);
  return await page.textContent('#who');
}

async function whoAt(app: string): Promise<string | null> {
  await page.goto(`${app}/`);
  return await page.textContent('#who');
}

/** The person waits with the PIN until the test has read what it wants to read. */
function holdPin(): () => void {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  idp.surface.beforePin = () => released;
  return () => {
    idp.surface.beforePin = undefined;
    release();
  };
}

const fact = (name: string): Promise<string | null> => page.textContent(`#${name}`);

describe('a login by the page launcher', () => {
  beforeAll(() => idp.useCard('tolvan'));

  it('tells the application, whose library checks all of it, level and HSA-id', async () => {
    const typePin = holdPin();
    await page.goto(`${journal}/login`);
    await page.waitForSelector('main[data-status=userSign]');
    const code = await page.textContent('#code');
    await screenshot(page, 'login-page');
    typePin();
    await page.waitForURL(`${journal}/`);
    expect(await page.textContent('#who')).toContain('Tolvan Tolvansson');
    expect(await Promise.all(['acr', 'amr', 'employeeHsaId', 'x509IssuerName'].map(fact))).toEqual([
      level(3),
      'pin, sc',
      'TSTNMT2321000156-1024',
      'CN=TEST SITHS e-id Person HSA-id 3 CA v1,O=Inera AB,C=SE',
    ]);
    await screenshot(page, 'application');
    const prompt = idp.surface.shown.at(-1);
    expect(prompt).toMatchObject({ confirmationCode: code, origin: idp.origin, launcher: 'page' });
  });

  it('serves the second application without a PIN, and gives new tokens', async () => {
    await signIn(journal);
    const prompts = idp.surface.shown.length;
    expect(await signIn(labb)).toContain('Tolvan Tolvansson');
    expect(idp.surface.shown.length).toBe(prompts);
    const refreshed = await page.evaluate(async () => await (await fetch('/refresh', { method: 'POST' })).json());
    expect(refreshed).toEqual({ sub: 'TSTNMT2321000156-1024', acr: level(3) });
  });

  it('sends the headers that keep others from framing the login page and from reading where it leads', async () => {
    const answer = await context.request.get(`${journal}/login`);
    expect(new URL(answer.url()).pathname).toMatch(/^\/interaction\//);
    const headers = answer.headers();
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({ 'referrer-policy': 'origin', 'cache-control': 'no-store' });
  });

  it('ends without a person when the user leaves', async () => {
    holdPin();
    await page.goto(`${journal}/login`);
    await page.waitForSelector('main[data-status=userSign]');
    const prompt = idp.surface.shown.at(-1);
    await page.click('a[href$="/abort"]');
    await page.waitForURL(`${journal}/`);
    expect(await page.textContent('#who')).toContain('Nobody');
    const { closed } = idp.surface;
    await expect.poll(() => closed.at(-1)?.promptId).toBe(prompt?.promptId);
    expect(closed.at(-1)?.outcome).not.toMatchObject({ status: 'complete' });
    idp.surface.beforePin = undefined;
  });
});

describe('a login by the redirect launcher', () => {
  beforeAll(() => idp.useCard('tolvan'));

  it('is what a denied permission leads to', async () => {
    await denyPermission(browser, 'local-network-access', idp.origin);
    await page.goto(`${journal}/login`);
    await page.waitForSelector('main[data-layer=permission]');
    const code = await page.textContent('#code');
    await screenshot(page, 'permission-denied');
    const typePin = holdPin();
    await page.click('a[data-way=redirect]');
    await page.waitForURL('**/oob/v1/wait/*');
    expect(await page.textContent('body')).not.toContain(code);
    await screenshot(page, 'waiting-page');
    typePin();
    await page.waitForURL(`${journal}/`);
    expect(await page.textContent('#who')).toContain('Tolvan Tolvansson');
    expect(await fact('acr')).toBe(level(3));
    const prompt = idp.surface.shown.at(-1);
    expect(prompt).toMatchObject({ confirmationCode: code, origin: idp.origin, launcher: 'redirect' });
  });

  it('works without script', async () => {
    const plain = await browser.newContext({ locale: 'en-US', javaScriptEnabled: false });
    page = await plain.newPage();
    await page.goto(`${journal}/login`);
    await screenshot(page, 'login-page-without-script');
    await page.click('a[data-way=redirect]');
    await page.waitForURL(`${journal}/`);
    expect(await page.textContent('#who')).toContain('Tolvan Tolvansson');
    await plain.close();
  });

  it('explains on the way back why nobody was signed in', async () => {
    await idp.useCard('tretton');
    await denyPermission(browser, 'local-network-access', idp.origin);
    await page.goto(`${journal}/login`);
    await page.click('a[data-way=redirect]:visible');
    await page.waitForSelector('main[data-failure=levelNotMet]');
    await screenshot(page, 'wrong-level-redirect');
    await page.click('#again');
    await page.waitForSelector('#code');
  });
});

describe('levels', () => {
  it('refuses the wrong one before any PIN, explains it, and takes the right card', async () => {
    await idp.useCard('tretton');
    const closed = idp.surface.closed.length;
    await page.goto(`${journal}/login?acr_values=${level(3)}`);
    await page.waitForSelector('main[data-status=levelNotMet]');
    expect(await page.textContent('#status')).toContain('reservkort');
    await screenshot(page, 'wrong-level');
    expect(idp.surface.shown.at(-1)?.state).toBe('explain');
    await expect.poll(() => idp.surface.closed.length).toBe(closed + 1);
    await page.goto(`${journal}/`);
    expect(await page.textContent('#who')).toContain('Nobody');

    expect(await signIn(journal, level(2))).toContain('Tretton');
    expect(await fact('acr')).toBe(level(2));
  });

  it('asks for the card again when another application needs another level', async () => {
    await idp.useCard('tretton');
    expect(await signIn(journal, level(2))).toContain('Tretton');
    const prompts = idp.surface.shown.length;
    // The first card stays, or its removal would end the session: what asks here is the level alone.
    await idp.addCard('tolvan');
    expect(await signIn(labb, level(3))).toContain('Tolvan');
    expect(await fact('acr')).toBe(level(3));
    expect(idp.surface.shown.length).toBeGreaterThan(prompts);
  });
});

describe('a card that is pulled', () => {
  it('signs the user out of both applications and the identity provider', async () => {
    await idp.useCard('tolvan');
    await signIn(journal);
    await signIn(labb);
    await idp.daemon.client.request('sandbox.remove', { reader: 'tolvan' });
    for (const app of [journal, labb]) {
      await expect.poll(async () => await whoAt(app)).toContain('Nobody');
    }
    await screenshot(page, 'signed-out');
    // The session at the identity provider has ended too: the next login asks for the card.
    await page.goto(`${labb}/login`);
    await page.waitForSelector('main[data-status=noCard]');
    await page.click('#cancel');
    await page.waitForSelector('main[data-status=cancelled]');
  });
});

describe('a revoked certificate', () => {
  it('signs nobody in, and the page says so', async () => {
    await idp.daemon.client.request('sandbox.revoke', { card: 'tolvan-ec', reason: 'keyCompromise' });
    await idp.useCard('tolvan-ec');
    const known = async () => JSON.stringify(await idp.daemon.client.request('status.get', {}));
    await expect.poll(known).toContain('"status":"revoked"');
    // Whoever is told at the prompt may try all the same.
    idp.surface.chooses = 'Tolvan Tolvansson';
    await page.goto(`${journal}/login`);
    await page.waitForSelector('main[data-status=ERR_VERIFY_REVOKED]');
    idp.surface.chooses = undefined;
    const chosen = idp.surface.shown.findLast(({ state }) => state === 'pin');
    expect(chosen).toMatchObject({ chosenBecause: 'by-user', candidates: [{ revocation: { status: 'revoked' } }] });
    await screenshot(page, 'revoked');
    expect(await whoAt(journal)).toContain('Nobody');
  });
});

describe('the signature page', () => {
  it('gets a signature for each document, of the text that was shown in full', async () => {
    await idp.useCard('tolvan-pkcs15-sign');
    idp.surface.pin = sandboxSignaturePin;
    await page.goto(`${idp.origin}/sign`);
    await page.waitForSelector('#signed');
    expect(await page.textContent('h1')).toContain('Tolvan Tolvansson');
    expect(await page.locator('a[download]').count()).toBe(2);
    await screenshot(page, 'signed');
    const read = idp.surface.shown.find(({ state }) => state === 'read');
    expect(read).toMatchObject({ purpose: 'sign', documents: [{ label: 'Remiss' }, { label: 'Bilaga' }] });
    idp.surface.pin = sandboxPin;
  });
});

describe('a login page of one launcher, where no kort answers', () => {
  it.each([
    ['page', 'no-answer', ['again']],
    ['scheme', 'use-scheme', ['scheme']],
    ['redirect', 'use-redirect', ['redirect']],
  ] as const)('offers what there is: %s', async (launcher, status, offered) => {
    const origin = await idp.startWithoutKort(launcher);
    await context.grantPermissions(['local-network-access'], { origin });
    await page.goto(`${origin}/sign`);
    await page.waitForSelector(`main[data-status=${status}]`);
    const shown = await page.locator('a[data-way]:visible, #again:visible').all();
    const names = shown.map(async (link) => (await link.getAttribute('data-way')) ?? (await link.getAttribute('id')));
    expect(await Promise.all(names)).toEqual(offered);
    if (launcher !== 'redirect') return;

    await page.click('a[data-way=redirect]');
    await page.waitForURL(/^chrome-error:/);
    await page.goBack();
    await page.waitForSelector('main[data-status=redirectFailed]');
    expect(await page.textContent('#status')).toContain('inte igång');
    expect(await page.isVisible('a[data-way=redirect]')).toBe(true);
    await screenshot(page, 'redirect-failed');

    await page.click('a[href$="/abort"]');
    await page.waitForSelector('#cancelled');
    expect(await page.textContent('h1')).toContain('avbröts');
    await screenshot(page, 'signature-cancelled');
    await page.click('#again');
    await page.waitForSelector('main[data-status=use-redirect]');
  });
});

describe('a request whose target is no address', () => {
  it('is refused, and ends neither identity provider nor application', async () => {
    for (const target of ['//', '//[', 'http://']) {
      for (const origin of [idp.origin, journal]) {
        const { hostname, port } = new URL(origin);
        const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname);
        socket.end(`GET ${target} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n\r\n`);
        expect((await text(socket)).split('\r\n')[0], target).toMatch(/^HTTP\/1.1 40[04] /);
      }
    }
  });
});
