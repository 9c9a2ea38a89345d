import { createServer } from 'node:http';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createServerCa,
  listen,
  startTls,
  tlsOptionsOf,
  type RemoteServer,
  type ServerCa,
} from '../support/remote-server.js';

/*
 * What docs/relying-parties.md and `kort rp check` say of Referrer-Policy, asked of the browser.
 */
let ca: ServerCa;
let login: RemoteServer;
let loopback: RemoteServer;
let browser: Browser;
let referers: (string | undefined)[] = [];

beforeAll(async () => {
  ca = await createServerCa();
  loopback = await listen(
    createServer((request, response) => {
      if (request.url === '/start') referers.push(request.headers.referer);
      response.end('here');
    }),
    'http://127.0.0.1',
  );
  login = await startTls(tlsOptionsOf(await ca.issue(['localhost'])), (request, response) => {
    const policy = new URL(request.url ?? '', 'https://localhost').searchParams.get('policy') ?? '';
    response.writeHead(200, { 'content-type': 'text/html', ...(policy === '' ? {} : { 'referrer-policy': policy }) });
    response.end(`<!doctype html><title>login</title><a href="${loopback.url}/start">on</a>`);
  });
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser.close();
  await login.close();
  await loopback.close();
  ca.remove();
});

const refererUnder = async (policy: string): Promise<string | undefined> => {
  referers = [];
  const page = await browser.newPage({ ignoreHTTPSErrors: true });
  await page.goto(`${login.url}/login?policy=${policy}`);
  await page.click('a');
  await page.waitForURL(`${loopback.url}/start`);
  await page.close();
  expect(referers).toHaveLength(1);
  return referers[0];
};

describe('a link from a page of https to http://127.0.0.1 in Chromium', () => {
  it.each(['origin', 'origin-when-cross-origin'])('brings the origin along under %s', async (policy) => {
    expect(await refererUnder(policy)).toBe(`${login.url}/`);
  });

  it.each([
    '',
    'strict-origin',
    'strict-origin-when-cross-origin',
    'no-referrer-when-downgrade',
    'same-origin',
    'no-referrer',
  ])('brings nothing along under %j, since it counts as a step down', async (policy) => {
    expect(await refererUnder(policy)).toBeUndefined();
  });
});
