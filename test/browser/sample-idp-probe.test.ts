import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Loopback } from '../../src/daemon/loopback/start-loopback.js';
import { denyPermission, launchChromium } from '../support/chromium.js';
import { startTestLoopback, testRelyingParty } from '../support/loopback-fixture.js';
import { recordingOobService } from '../support/recording-oob-service.js';
import { freePorts } from '../support/free-ports.js';

/* Each layer that can stand between a login page and kort, put there for real. */

const probeSource = readFileSync('examples/sample-idp/public/probe.js', 'utf8');
const secureOrigin = 'https://login.tolvan.example';

let servers: Server[];
let site: string, foreign: string, publicSite: string;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let loopback: Loopback;
let endpoint: string;

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const pages: RequestListener = ({ url }, response) => {
  const isScript = url === '/probe.js';
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
  if (url === '/strict') response.setHeader('content-security-policy', "connect-src 'self'");
  response.end(isScript ? probeSource : '<!doctype html><title>TEST page</title>');
};

beforeAll(async () => {
  servers = [];
  [site, foreign, publicSite] = [await serve(pages), await serve(pages), await serve(pages)];
  const service = recordingOobService({ ...testRelyingParty, origins: [site, publicSite, secureOrigin] });
  loopback = await startTestLoopback({ service });
  endpoint = `http://127.0.0.1:${loopback.port}`;
  browser = await launchChromium({
    args: [
      `--ip-address-space-overrides=${publicSite.replace('http://', '')}=public`,
      '--host-resolver-rules=MAP kort.example 127.0.0.1',
    ],
  });
});
afterAll(async () => {
  await browser.close();
  await loopback.close();
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
});
afterEach(() => context.close());

/** What the probe finds from this page, and whether it said that the browser will ask. */
const probe = (at = endpoint, waitMs = 5_000): Promise<unknown> =>
  page.evaluate(
    `import('/probe.js').then(async ({ probe }) => {
      let asking = false;
      const { layer, detail } = await probe('${at}', { waitMs: ${waitMs}, onAsking: () => (asking = true) });
      return [layer, detail, asking];
    })`,
  );

describe('probe()', () => {
  it('finds kort', async () => {
    await page.goto(site);
    expect(await probe()).toEqual(['ok', undefined, expect.any(Boolean)]);
  });

  it('tells that the browser asks the user, and what the answer was', async () => {
    await page.goto(publicSite);
    // Without a window to ask in, a browser takes that for a no.
    expect(await probe()).toEqual(['permission', 'denied', true]);
    await denyPermission(browser, 'local-network-access', publicSite);
    expect(await probe()).toEqual(['permission', 'denied', false]);
    await context.clearPermissions();
    await context.grantPermissions(['local-network-access'], { origin: publicSite });
    expect(await probe()).toEqual(['ok', undefined, false]);
  });

  it('tells mixed content', async () => {
    await context.route(`${secureOrigin}/**`, async (route) => {
      const isScript = route.request().url().endsWith('.js');
      await route.fulfill({
        contentType: isScript ? 'text/javascript' : 'text/html',
        body: isScript ? probeSource : '',
      });
    });
    await page.goto(secureOrigin);
    const blocked: string[] = [];
    page.on('console', (message) => void blocked.push(message.text()));
    const plain = `http://kort.example:${loopback.port}`;
    expect(await probe(plain)).toEqual(['mixed-content', undefined, false]);
    // And so it is.
    await page.evaluate(`fetch('${plain}/.well-known/kort-oob').catch(() => undefined)`);
    expect(blocked.join()).toContain('Mixed Content');
  });

  it('tells the policy of the page itself', async () => {
    await page.goto(`${site}/strict`);
    expect(await probe()).toEqual(['page-policy', undefined, expect.any(Boolean)]);
  });

  it.each([
    ['another name', '{"name":"other","protocolVersions":[1]}'],
    ['another version', '{"name":"kort","protocolVersions":[2]}'],
    ['no JSON', '<p>hello'],
  ])('tells another program on the port, by %s', async (_by, body) => {
    const squatter = await serve((_request, response) => {
      response.writeHead(200, { 'access-control-allow-origin': '*' }).end(body);
    });
    await page.goto(site);
    expect(await probe(squatter)).toEqual(['other-program', undefined, expect.any(Boolean)]);
  });

  it('tells another program on the port, by an answer that it cannot read', async () => {
    const squatter = await serve((_request, response) => response.end());
    await page.goto(site);
    expect(await probe(squatter)).toEqual(['other-program', undefined, expect.any(Boolean)]);
  });

  it('tells that nothing answers', async () => {
    const [port] = await freePorts(1);
    await context.grantPermissions(['local-network-access'], { origin: publicSite });
    for (const from of [site, publicSite]) {
      await page.goto(from);
      expect(await probe(`http://127.0.0.1:${port}`)).toEqual(['no-answer', undefined, expect.any(Boolean)]);
    }
  });

  it('cannot tell that kort is there from a page that is not registered', async () => {
    await page.goto(foreign);
    expect(await probe()).toEqual(['no-answer', undefined, expect.any(Boolean)]);
  });
});
