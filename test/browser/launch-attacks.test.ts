import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Loopback } from '../../src/daemon/loopback/start-loopback.js';
import { launchChromium } from '../support/chromium.js';
import { startTestLoopback, testRef, testRelyingParty } from '../support/loopback-fixture.js';
import { recordingLaunches, type RecordingLaunches } from '../support/recording-launches.js';
import { recordingLogger, type RecordingLogger } from '../support/recording-logger.js';
import { recordingOobService } from '../support/recording-oob-service.js';
import { htmlPage, startTestSite, type TestSite } from '../support/test-site.js';

const evilName = 'rebound.attacker.example';

let login: TestSite, attacker: TestSite;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let launches: RecordingLaunches;
let logger: RecordingLogger;
let loopback: Loopback;
let endpoint: string;
let startUrl: string;

beforeAll(async () => {
  [login, attacker] = [await startTestSite(), await startTestSite()];
  browser = await launchChromium({ args: [`--host-resolver-rules=MAP ${evilName} 127.0.0.1`] });
});
afterAll(async () => {
  await browser.close();
  await Promise.all([login.close(), attacker.close()]);
});

beforeEach(async () => {
  const party = { ...testRelyingParty, origins: [login.origin] };
  launches = recordingLaunches(party);
  logger = recordingLogger();
  loopback = await startTestLoopback({
    service: recordingOobService(party),
    launches,
    logger,
    limits: { launchesPerWindow: 100 },
  });
  endpoint = `http://127.0.0.1:${loopback.port}`;
  startUrl = `${endpoint}/oob/v1/start?client_id=tolvan&ref=${testRef}`;
  context = await browser.newContext({ javaScriptEnabled: true, locale: 'en' });
  page = await context.newPage();
});
afterEach(async () => {
  await context.close();
  await loopback.close();
  for (const site of [login, attacker]) site.pages.clear();
});

const refusals = (): unknown[] => logger.lines.map(({ fields }) => fields['gate']);
const sendsOrigin = { 'referrer-policy': 'origin' };
const put = (site: TestSite, body: string, headers: Readonly<Record<string, string>> = sendsOrigin): void =>
  void site.pages.set('/page', htmlPage(body, headers));
const visit = (site: TestSite): Promise<unknown> =>
  page.goto(`${site.origin}/page`, { waitUntil: 'commit' }).catch((error: unknown) => {
    // The page was there, and has gone on at once.
    if (!String(error).includes('interrupted by another navigation')) throw error;
  });

/** The fixture can tell: the registered page's own link starts, in the same browser. */
async function expectGoodStart(): Promise<void> {
  const before = launches.started.length;
  login.pages.set('/good', htmlPage(`<a href="${startUrl}">x</a>`, sendsOrigin));
  const good = await context.newPage();
  await good.goto(`${login.origin}/good`);
  await good.click('a');
  await good.waitForURL(/\/oob\/v1\/wait\//);
  expect(launches.started.length).toBe(before + 1);
  await good.close();
}

/** Ways to bring the main frame somewhere. */
const ways: Readonly<Record<string, (url: string) => string>> = {
  'a link': (url) => `<a href="${url}">x</a><script>document.querySelector('a').click()</script>`,
  'location.replace': (url) => `<script>location.replace('${url}')</script>`,
  'a meta refresh': (url) => `<meta http-equiv="refresh" content="0; url=${url}">`,
  'a form that is sent by GET': (url) => {
    const { origin, pathname, searchParams } = new URL(url);
    const fields = [...searchParams].map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
    return `<form action="${origin}${pathname}">${fields.join('')}</form><script>document.forms[0].submit()</script>`;
  },
};

describe.each(Object.entries(ways))('%s', (_name, html) => {
  it('from the registered page starts a launch, with the origin of that page', async () => {
    put(login, html(startUrl));
    await visit(login);
    await page.waitForURL(/\/oob\/v1\/wait\//);
    expect(launches.started).toEqual([
      { clientId: 'tolvan', ref: testRef, launcher: 'redirect', origin: login.origin },
    ]);
  });

  it('from a foreign page starts nothing', async () => {
    put(attacker, html(startUrl));
    await visit(attacker);
    await expect.poll(refusals).toEqual(['referer']);
    expect(launches.started).toEqual([]);
    (logger.lines as unknown[]).length = 0;

    // Nor from the registered page, when it withholds its Referer.
    put(login, html(startUrl), { 'referrer-policy': 'no-referrer' });
    await visit(login);
    await expect.poll(refusals).toEqual(['referer']);
    expect(launches.started).toEqual([]);
  });
});

describe('a hostile page starts nothing by', () => {
  const cases: readonly (readonly [name: string, html: (url: string) => string, gate: string | undefined])[] = [
    ['an iframe', (url) => `<iframe src="${url}"></iframe>`, 'fetch-metadata'],
    ['a frame without an origin', (url) => `<iframe sandbox src="${url}"></iframe>`, 'fetch-metadata'],
    ['an object', (url) => `<object data="${url}"></object>`, 'fetch-metadata'],
    ['an embedded page', (url) => `<embed src="${url}">`, 'fetch-metadata'],
    ['an image', (url) => `<img src="${url}">`, 'fetch-metadata'],
    ['a script', (url) => `<script src="${url}"></script>`, 'fetch-metadata'],
    ['a style sheet', (url) => `<link rel="stylesheet" href="${url}">`, 'fetch-metadata'],
    ['a hint to prefetch', (url) => `<link rel="prefetch" href="${url}">`, 'fetch-metadata'],
    ['a fetch', (url) => `<script>fetch('${url}').catch(() => 0)</script>`, 'fetch-metadata'],
    [
      'a fetch in mode no-cors',
      (url) => `<script>fetch('${url}', { mode: 'no-cors' }).catch(() => 0)</script>`,
      'fetch-metadata',
    ],
    ['a beacon', (url) => `<script>navigator.sendBeacon('${url}', 'x')</script>`, 'endpoint'],
    [
      'a form that is posted',
      (url) => `<form method="post" action="${url}"></form><script>document.forms[0].submit()</script>`,
      'endpoint',
    ],
    [
      'a link with rel=noreferrer',
      (url) => `<a rel="noreferrer" href="${url}">x</a><script>document.querySelector('a').click()</script>`,
      'referer',
    ],
    [
      'a link in a document of data',
      (url) =>
        `<iframe src="data:text/html,<a target=_top href='${encodeURIComponent(url)}'>x</a><script>document.querySelector('a').click()</script>"></iframe>`,
      undefined,
    ],
  ];
  it.each(cases)('%s', async (_name, html, gate) => {
    put(attacker, html(startUrl));
    await visit(attacker);
    if (gate === undefined) await page.waitForTimeout(500);
    else await expect.poll(refusals).toEqual([gate]);
    expect(launches.started).toEqual([]);
  });

  it.each(['prefetch', 'prerender'])('speculation rules that %s', async (kind) => {
    // From the registered page even: what nobody looks at starts nothing, whoever speculates.
    for (const site of [attacker, login]) {
      const rules = { [kind]: [{ source: 'list', urls: [startUrl], eagerness: 'immediate' }] };
      put(site, `<script type="speculationrules">${JSON.stringify(rules)}</script>`);
      (logger.lines as unknown[]).length = 0;
      page = await context.newPage();
      await visit(site);
      // It did come here, before anybody had clicked.
      await expect.poll(refusals).toEqual(['fetch-metadata']);
      expect(launches.started).toEqual([]);
    }
    await expectGoodStart();
  });

  it('window.open', async () => {
    put(attacker, `<script>open('${startUrl}')</script>`);
    await visit(attacker);
    await page.waitForTimeout(300);
    expect(launches.started).toEqual([]);
    const popup = context.waitForEvent('page');
    await page.evaluate(`setTimeout(() => open('${startUrl}'))`);
    await popup;
    await expect.poll(() => refusals().length).toBeGreaterThan(0);
    expect([launches.started, new Set(refusals())]).toEqual([[], new Set(['referer'])]);
    await expectGoodStart();
  });

  it('a name that it has rebound to the loopback address', async () => {
    const rebound = startUrl.replace('127.0.0.1', evilName);
    put(attacker, `<a href="${rebound}">x</a>`);
    await visit(attacker);
    await page.click('a');
    await expect.poll(() => new Set(refusals())).toEqual(new Set(['host']));
    // A page that came from there before the name was rebound, and calls what it holds for its own server.
    const own = `http://${evilName}:${loopback.port}/page`;
    await page.route(own, (route) => route.fulfill({ contentType: 'text/html', body: '<title>TEST page</title>' }));
    await page.goto(own);
    const answers = await page.evaluate(`Promise.all(['/oob/v1/auth', '/oob/v1/sign'].map((path) =>
      fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"request":"r"}' })
        .then(({ status }) => status, () => 'stopped by the browser')))`);
    for (const answer of answers as unknown[]) expect([421, 'stopped by the browser']).toContain(answer);
    expect([launches.started, new Set(refusals())]).toEqual([[], new Set(['host'])]);
    await expectGoodStart();
  });

  it('knowing the id of a waiting page that it puts into a frame', async () => {
    const launch = launches.add({ clientId: 'tolvan', ref: testRef, launcher: 'redirect', origin: login.origin });
    put(attacker, `<iframe src="${endpoint}/oob/v1/wait/${launch.id}"></iframe>`);
    await visit(attacker);
    await expect.poll(refusals).toEqual(['fetch-metadata']);
    expect(launch.looks).toEqual([]);
  });
});
