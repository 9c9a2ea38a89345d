import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium, screenshot } from '../support/chromium.js';
import { startSampleIdp, type SampleIdp } from '../support/sample-idp.js';

/*
 * Relays: an attacker begins a login in a browser of his own and wants the victim, who has kort and a card, to approve
 * it. Two browsers (contexts share nothing), one page of the attacker's, the real programs in between.
 */
let idp: SampleIdp;
let journal: string;
let browser: Browser;
let evilSite: Server;
let evil: string;
let evilPage: string;
let attacker: BrowserContext;
let victim: BrowserContext;
/** Each in its own login. */
let attackers: Login, victims: Login;

/** A login that has been begun and waits. */
interface Login {
  readonly page: Page;
  readonly ref: string;
  readonly startUrl: string;
}

beforeAll(async () => {
  evilSite = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(evilPage);
  }).listen(0, '127.0.0.1');
  await once(evilSite, 'listening');
  evil = `http://127.0.0.1:${(evilSite.address() as AddressInfo).port}`;
  [idp, browser] = await Promise.all([startSampleIdp(), launchChromium()]);
  [journal] = idp.apps;
  await idp.useCard('tolvan');
});
afterAll(async () => {
  await browser.close();
  evilSite.closeAllConnections();
  evilSite.close();
  await idp.close();
});

beforeEach(async () => {
  idp.surface.shown.length = 0;
  [attacker, victim] = await Promise.all([browser.newContext(), browser.newContext()]);
  // The victim's kort is on the victim's computer.
  await attacker.route(`${idp.endpoint}/**`, (route) => route.abort());
  [attackers, victims] = await Promise.all([begin(attacker), begin(victim)]);
});
afterEach(async () => {
  await attacker.close();
  await victim.close();
});

/** Opens the login page, which does nothing by itself here, and reads what it is about. */
async function begin(context: BrowserContext): Promise<Login> {
  const page = await context.newPage();
  await page.route('**/login.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
  await page.goto(`${journal}/login`);
  const ref = await page.getAttribute('main', 'data-login');
  const startUrl = await page.getAttribute('a[data-way=redirect]', 'href');
  return { page, ref: ref!, startUrl: startUrl! };
}

/** Sends a page of the victim somewhere as a script in it would. */
const send = (page: Page, url: string): Promise<unknown> =>
  page.evaluate(`location.assign(${JSON.stringify(url)})`).catch(() => undefined);

/** Tries all that the attacker's own browser can: the application, and the login page that it began. */
async function attackerIsNobody(): Promise<void> {
  const page = await attacker.newPage();
  const login = attackers.page.url();
  for (const url of [`${login}/return?response_code=AAAAAAAAAAAAAAAAAAAAAA`, login, `${journal}/`])
    await page.goto(url);
  expect(await page.textContent('#who')).toContain('Nobody');
  await page.close();
}

async function victimSignsIn(): Promise<void> {
  await victims.page.waitForURL(`${journal}/`);
  expect(await victims.page.textContent('#who')).toContain('Tolvan Tolvansson');
}

describe('a link to the login that an attacker began', () => {
  it('starts nothing on a page of the attacker, by link or script', async () => {
    const page = await victim.newPage();
    for (const way of ['a link', 'a link that hides where it is from', 'a script']) {
      const policy = way.includes('hides') ? 'no-referrer' : 'unsafe-url';
      evilPage = `<a id="link" referrerpolicy="${policy}" href="${attackers.startUrl.replaceAll('&', '&amp;')}">news</a>`;
      await page.goto(evil);
      const answered = page.waitForResponse((response) => response.url() === attackers.startUrl);
      if (way === 'a script') await send(page, attackers.startUrl);
      else await page.click('#link');
      expect((await answered).status(), way).toBe(403);
      expect(idp.surface.shown, way).toEqual([]);
      // What was loaded may still be the page before: the next visit would then run into the arrival of this answer.
      await page.waitForURL((url) => url.href === attackers.startUrl);
    }
    await screenshot(page, 'refused-start');
    await attackerIsNobody();
  });

  it('signs nobody in even if it comes from the login page itself and the victim approves', async () => {
    await send(victims.page, attackers.startUrl);
    await victims.page.waitForSelector('main[data-failure=otherBrowser]');
    await screenshot(victims.page, 'other-browser');
    expect(idp.surface.shown.map(({ state }) => state)).toContain('pin');
    await attackerIsNobody();
    // And the answer is gone: the code that came with it opens nothing any more, in whichever browser.
    const returned = victims.page.url();
    await attackers.page.goto(returned);
    expect(await attackers.page.getAttribute('main', 'data-failure')).toBe('expired');
    await attackerIsNobody();
  });

  it('is what signs the victim in when it is the victim’s own', async () => {
    await send(victims.page, victims.startUrl);
    await victimSignsIn();
    await attackerIsNobody();
  });
});

describe('the answer of a victim', () => {
  /** What an attacker would have to get hold of: the victim's answer before the identity provider saw it. */
  async function stolenAnswer(): Promise<unknown> {
    const page = await victim.newPage();
    const posted = new Promise<unknown>((resolve) => {
      void page.route('**/answer', (route) => {
        resolve((route.request().postDataJSON() as { answer: unknown }).answer);
        return route.abort();
      });
    });
    await page.goto(`${journal}/login`);
    return await posted;
  }

  const finish = (page: Page, ref: string, answer: unknown): Promise<unknown> =>
    page.evaluate(
      async ([self, login, body]) => {
        const headers = { 'content-type': 'application/json' };
        await fetch(`${self}/request`, { method: 'POST', headers, body: JSON.stringify({ ref: login }) });
        const sent = await fetch(`${self}/answer`, {
          method: 'POST',
          headers,
          body: JSON.stringify(body),
        });
        return await sent.json();
      },
      [new URL(page.url()).pathname, ref, { ref, answer }] as const,
    );

  it('does not fit the login of the attacker, whose request it does not answer', async () => {
    const answer = await stolenAnswer();
    expect(await finish(attackers.page, attackers.ref, answer)).toEqual({ reason: 'ERR_VERIFY_REQUEST' });
    await attackerIsNobody();
  });

  it('does not finish the victim’s own login in the attacker’s browser', async () => {
    expect(await finish(attackers.page, victims.ref, { assertion: 'a.b.c' })).toEqual({ reason: 'otherBrowser' });
    await attackerIsNobody();
  });
});

describe('a page that loads ahead', () => {
  it('starts nothing by prefetch or prerender, from the login page’s own origin even', async () => {
    const url = JSON.stringify(attackers.startUrl);
    const rules = `{"prefetch":[{"source":"list","urls":[${url}]}],"prerender":[{"source":"list","urls":[${url}]}]}`;
    const body = `<link rel="prefetch" href="${attackers.startUrl.replaceAll('&', '&amp;')}">
      <script type="speculationrules">${rules}</script><p id="there">news</p>`;
    const headers = { 'content-type': 'text/html', 'referrer-policy': 'origin' };
    await victims.page.route(`${idp.origin}/news`, (route) => route.fulfill({ headers, body }));
    evilPage = body;
    for (const from of [evil, `${idp.origin}/news`]) {
      await victims.page.goto(from);
      await victims.page.waitForSelector('#there');
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(idp.surface.shown).toEqual([]);
    }
    // The same page by a click, for the difference.
    await send(victims.page, victims.startUrl);
    await victimSignsIn();
    await attackerIsNobody();
  });
});

describe('an order that comes under an open prompt', () => {
  it('neither changes the prompt nor takes its PIN', async () => {
    const code = await victims.page.textContent('#code');
    const second = await victim.newPage();
    idp.surface.beforePin = async () => {
      idp.surface.beforePin = undefined;
      await second.goto(attackers.startUrl, { referer: `${idp.origin}/` });
      await new Promise((resolve) => setTimeout(resolve, 300));
    };
    await send(victims.page, victims.startUrl);
    await victimSignsIn();
    expect(new Set(idp.surface.shown.map(({ confirmationCode }) => confirmationCode))).toEqual(new Set([code]));
    await screenshot(second, 'second-order');
    await attackerIsNobody();
  });
});
