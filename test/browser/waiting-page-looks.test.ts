import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Loopback } from '../../src/daemon/loopback/start-loopback.js';
import type { LaunchState } from '../../src/oob/oob-service.js';
import { launchChromium, screenshot } from '../support/chromium.js';
import { registeredOrigin, startTestLoopback, testRef, testRelyingParty } from '../support/loopback-fixture.js';
import { recordingLaunches, type RecordingLaunches } from '../support/recording-launches.js';
import { recordingOobService } from '../support/recording-oob-service.js';

/** Nothing to type in, to press or to run, and nothing beside the page to scroll to. */
const facts = `({
  language: document.documentElement.lang,
  headings: document.querySelectorAll('h1').length,
  controls: document.querySelectorAll('input, button, form, select, textarea, script, iframe, [contenteditable]').length,
  scrollsAside: document.documentElement.scrollWidth > innerWidth,
})`;

let browser: Browser;
let loopback: Loopback;
let launches: RecordingLaunches;

beforeAll(async () => {
  launches = recordingLaunches(testRelyingParty);
  loopback = await startTestLoopback({ service: recordingOobService(testRelyingParty), launches });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  await loopback.close();
});

const launched = (state: LaunchState): string => {
  const launch = launches.add({ clientId: 'tolvan', ref: testRef, launcher: 'redirect', origin: registeredOrigin });
  launch.purpose = 'auth';
  launch.moveTo(state);
  return `/oob/v1/wait/${launch.id}`;
};

/** By the address that shows each. */
const pages: Readonly<Record<string, () => string>> = {
  card: () => launched({ step: 'pending', hint: 'noCard' }),
  pin: () => launched({ step: 'pending', hint: 'userSign' }),
  end: () => launched({ step: 'failed', hint: 'levelNotMet', problem: undefined }),
  refused: () => `/oob/v1/start?client_id=tolvan&ref=${testRef}`,
};

const sizes = { phone: { width: 320, height: 640 }, wide: { width: 1280, height: 800 } } as const;
const views = (['sv', 'en'] as const).flatMap((language) =>
  (['light', 'dark'] as const).flatMap((scheme) =>
    (['phone', 'wide'] as const).map((size) => ({ language, scheme, size })),
  ),
);

it.each(views)('pages in $language, $scheme, $size', async ({ language, scheme, size }) => {
  const context = await browser.newContext({
    javaScriptEnabled: false,
    locale: language,
    colorScheme: scheme,
    viewport: sizes[size],
  });
  try {
    const page = await context.newPage();
    // The page stays as it is while it is looked at.
    await page.route(/seen=/, (route) => route.abort('aborted'));
    for (const [name, addressOf] of Object.entries(pages)) {
      await page.goto(`http://127.0.0.1:${loopback.port}${addressOf()}`);
      await screenshot(page, `${name}-${language}-${scheme}-${size}`);
      expect(await page.evaluate(facts)).toEqual({ language, headings: 1, controls: 0, scrollsAside: false });
    }
  } finally {
    await context.close();
  }
});
