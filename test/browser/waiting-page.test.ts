import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Loopback } from '../../src/daemon/loopback/start-loopback.js';
import { launchChromium } from '../support/chromium.js';
import { startTestLoopback, testRef, testRelyingParty } from '../support/loopback-fixture.js';
import { recordingLaunches, type RecordingLaunches } from '../support/recording-launches.js';
import { recordingLogger, type RecordingLogger } from '../support/recording-logger.js';
import { recordingOobService } from '../support/recording-oob-service.js';
import { htmlPage, startTestSite, type TestSite } from '../support/test-site.js';

let login: TestSite;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let launches: RecordingLaunches;
let logger: RecordingLogger;
let loopback: Loopback;

beforeAll(async () => {
  login = await startTestSite();
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await login.close();
});
beforeEach(async () => {
  const party = { ...testRelyingParty, origins: [login.origin] };
  launches = recordingLaunches(party);
  logger = recordingLogger();
  // Chromium tells of a page only when no refresh of it is held.
  const limits = { pageWaitMs: 500 };
  loopback = await startTestLoopback({ service: recordingOobService(party), launches, logger, limits });
  const startUrl = `http://127.0.0.1:${loopback.port}/oob/v1/start?client_id=tolvan&ref=${testRef}`;
  login.pages.set('/login', htmlPage(`<a href="${startUrl}">x</a>`, { 'referrer-policy': 'origin' }));
  context = await browser.newContext({ javaScriptEnabled: false, locale: 'sv' });
  page = await context.newPage();
  await page.goto(`${login.origin}/login`);
  await page.click('a', { noWaitAfter: true });
  await page.waitForURL(/\/oob\/v1\/wait\//, { waitUntil: 'commit' });
});
afterEach(async () => {
  await context.close();
  await loopback.close();
});

/** The title, by the browser's own protocol: page.title() waits for the refresh that is held, which is most of the time. */
const titleReader = async (): Promise<() => Promise<unknown>> => {
  const session = await context.newCDPSession(page);
  return async () =>
    await session
      .send('Runtime.evaluate', { expression: 'document.title', returnByValue: true })
      .then(({ result }): unknown => result.value, String);
};

it('the waiting page goes along without script, from the start to the way back', async () => {
  const launch = launches.last;
  const shown = await titleReader();
  await expect.poll(shown).toBe('Ett ögonblick … – TEST Tolvan inloggning');
  launch.purpose = 'auth';
  launch.moveTo({ step: 'pending', hint: 'noCard' });
  await expect.poll(shown).toBe('Sätt i ditt kort – TEST Tolvan inloggning');
  launch.moveTo({ step: 'pending', hint: 'userSign' });
  await expect.poll(shown).toBe('Fortsätt i PIN-rutan – TEST Tolvan inloggning');
  launch.moveTo({ step: 'done', redirectUri: `${login.origin}/back?response_code=c`, failed: undefined });
  await page.waitForURL(`${login.origin}/back?response_code=c`);

  // It came back by our redirect, with nothing of the waiting page's address; and nothing was refused on the way.
  expect([launches.started.length, logger.lines]).toEqual([1, []]);
  // No address of the waiting page stays behind: back is the login page.
  await page.goBack();
  expect(page.url()).toBe(`${login.origin}/login`);
});

it('a reload of the waiting page starts nothing', async () => {
  launches.last.moveTo({ step: 'failed', hint: 'userCancel', problem: undefined });
  // Only now does the page refresh itself no more: its own refresh would end the reload before it.
  await expect.poll(await titleReader()).toBe('Det gick inte – TEST Tolvan inloggning');
  await page.reload();
  await expect.poll(() => page.title()).toBe('Det gick inte – TEST Tolvan inloggning');
  expect(launches.started).toHaveLength(1);
  expect(await page.getAttribute('a', 'href')).toBe(login.origin);
});
