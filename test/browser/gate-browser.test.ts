import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Loopback } from '../../src/daemon/loopback/start-loopback.js';
import { startTestLoopback, testRelyingParty } from '../support/loopback-fixture.js';
import { recordingLogger, type RecordingLogger } from '../support/recording-logger.js';
import { recordingOobService, testOrderRef, type RecordingOobService } from '../support/recording-oob-service.js';

const chromiumPath = '/usr/bin/chromium';
const chromiumArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let sites: Server[];
/** Origins of four pages: registered and not, on loopback; and the same, which the browser holds for public. */
let registered: string, foreign: string, publicRegistered: string, publicForeign: string;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let service: RecordingOobService;
let logger: RecordingLogger;
let loopback: Loopback;
let endpoint: string;

const blank = '<!doctype html><title>TEST page</title>';

beforeAll(async () => {
  sites = await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const site = createServer((_request, response) => {
        response.setHeader('content-type', 'text/html');
        response.end(blank);
      }).listen(0, '127.0.0.1');
      await once(site, 'listening');
      return site;
    }),
  );
  const hosts = sites.map((site) => `127.0.0.1:${(site.address() as AddressInfo).port}`);
  [registered = '', foreign = '', publicRegistered = '', publicForeign = ''] = hosts.map((host) => `http://${host}`);
  const publicSites = hosts.slice(2).map((host) => `${host}=public`);
  browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [...chromiumArguments, `--ip-address-space-overrides=${publicSites.join(',')}`],
  });
});
afterAll(async () => {
  await browser.close();
  for (const site of sites) site.closeAllConnections();
  await Promise.all(sites.map((site) => new Promise((resolve) => site.close(resolve))));
});

beforeEach(async () => {
  logger = recordingLogger();
  service = recordingOobService({ ...testRelyingParty, origins: [registered, publicRegistered] });
  loopback = await startTestLoopback({ service, logger });
  endpoint = `http://127.0.0.1:${loopback.port}`;
  context = await browser.newContext();
  page = await context.newPage();
});
afterEach(async () => {
  await context.close();
  await loopback.close();
});

interface FetchOutcome {
  readonly status?: number;
  readonly body?: unknown;
  readonly failed?: string;
}

/** What an IdP's page does. */
const call = (path: string, body: unknown, init: RequestInit = {}): Promise<FetchOutcome> =>
  page.evaluate(
    async ([url, text, options]): Promise<FetchOutcome> => {
      try {
        const headers = { 'content-type': 'application/json' };
        const answer = await fetch(url, { method: 'POST', headers, body: text, ...options });
        return { status: answer.status, body: answer.type === 'opaque' ? 'opaque' : await answer.json() };
      } catch (error) {
        return { failed: String(error) };
      }
    },
    [endpoint + path, JSON.stringify(body), init] as const,
  );

/** The headers of every request to the endpoint, as the browser's network layer reports them. */
async function recordHeaders(): Promise<Record<string, string>[]> {
  const seen: Record<string, string>[] = [];
  const session = await context.newCDPSession(page);
  session.on('Network.requestWillBeSentExtraInfo', ({ headers }) => {
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    if (lower['host'] === endpoint.replace('http://', '')) seen.push(lower);
  });
  await session.send('Network.enable');
  return seen;
}

const refusals = (): unknown[] => logger.lines.map(({ fields }) => fields['gate']);

describe('a registered page', () => {
  it('asks, collects and cancels', async () => {
    await page.goto(registered);
    service.answer = { status: 'complete', assertion: 'a.b.c' };
    expect(await call('/oob/v1/auth', { request: 'r' })).toMatchObject({
      status: 200,
      body: { orderRef: testOrderRef },
    });
    expect(await call('/oob/v1/collect', { orderRef: testOrderRef, waitSeconds: 1 })).toMatchObject({
      status: 200,
      body: { status: 'complete', assertion: 'a.b.c' },
    });
    expect(await call('/oob/v1/cancel', { orderRef: testOrderRef })).toEqual({ status: 200, body: {} });
    expect(service.calls.map((made) => made.call)).toEqual(['start', 'collect', 'cancel']);
    expect(service.calls[0]?.caller).toEqual({ launcher: 'page', origin: registered });
  });

  it('asks over IPv6 too', async () => {
    endpoint = `http://[::1]:${loopback.port}`;
    await page.goto(registered);
    expect(await call('/oob/v1/auth', { request: 'r' })).toMatchObject({ status: 200 });
  });

  it('reads the well-known answer and its errors', async () => {
    await page.goto(registered);
    const wellKnown = await page.evaluate(async (url) => (await fetch(url)).json(), `${endpoint}/.well-known/kort-oob`);
    expect(wellKnown).toMatchObject({ name: 'kort', protocolVersions: [1] });
    expect(await call('/oob/v1/auth', { wrong: 'r' })).toMatchObject({
      status: 400,
      body: { errorCode: 'invalidParameters' },
    });
  });

  it('sends the fetch metadata that the gate asks for, in the preflight and in the call', async () => {
    await page.goto(registered);
    const seen = await recordHeaders();
    await call('/oob/v1/auth', { request: 'r' });
    const common = {
      origin: registered,
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
      'sec-fetch-site': 'same-site',
    };
    await expect.poll(() => seen.length).toBe(2);
    expect(seen).toEqual([
      expect.objectContaining({
        ...common,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      }),
      expect.objectContaining({ ...common, 'content-type': 'application/json' }),
    ]);
  });

  it.each(['no-cors', 'same-origin'] as const)('cannot ask in mode %s', async (mode) => {
    await page.goto(registered);
    const outcome = await call('/oob/v1/auth', { request: 'r' }, { mode, headers: { 'content-type': 'text/plain' } });
    expect(outcome.status ?? 0).toBe(0);
    expect(service.calls).toEqual([]);
  });

  it('hangs up its collect when it is left', async () => {
    await page.goto(registered);
    service.answer = undefined;
    void call('/oob/v1/collect', { orderRef: testOrderRef, waitSeconds: 25 }).catch(() => undefined);
    await expect.poll(() => service.calls.length).toBe(1);
    await page.goto('about:blank');
    await expect.poll(() => service.aborted).toBe(1);
  });
});

describe('an unregistered page', () => {
  beforeEach(() => page.goto(foreign));

  it.each(['/oob/v1/auth', '/oob/v1/collect', '/oob/v1/cancel'])('cannot call %s', async (path) => {
    const outcome = await call(path, { request: 'r' });
    expect(outcome.failed).toContain('TypeError');
    expect([service.calls, refusals()]).toEqual([[], ['origin']]);
  });

  it('cannot read the well-known answer', async () => {
    const outcome = await page.evaluate(
      (url) =>
        fetch(url).then(
          () => 'read',
          (error: unknown) => String(error),
        ),
      `${endpoint}/.well-known/kort-oob`,
    );
    expect(outcome).toContain('TypeError');
  });

  it('cannot send a beacon or a simple request', async () => {
    await page.evaluate(`navigator.sendBeacon('${endpoint}/oob/v1/auth', '{"request":"r"}')`);
    await call('/oob/v1/auth', { request: 'r' }, { mode: 'no-cors', headers: { 'content-type': 'text/plain' } });
    await expect.poll(() => refusals()).toEqual(['fetch-metadata', 'fetch-metadata']);
    expect(service.calls).toEqual([]);
  });

  it('cannot open a WebSocket', async () => {
    const outcome = await page.evaluate(
      (url) =>
        new Promise((resolve) => {
          const socket = new WebSocket(url);
          socket.onopen = () => resolve('open');
          socket.onerror = () => resolve('refused');
        }),
      `${endpoint.replace('http', 'ws')}/oob/v1/auth`,
    );
    expect([outcome, service.calls]).toEqual(['refused', []]);
  });

  it('gets nothing through a frame without an origin', async () => {
    const script = `fetch('${endpoint}/oob/v1/auth', { method: 'POST', headers: { 'content-type': 'application/json' },
      body: '{"request":"r"}' }).then(() => 'read', () => 'refused').then((text) => parent.postMessage(text, '*'))`;
    const outcome = await page.evaluate(`new Promise((resolve) => {
      addEventListener('message', ({ data }) => resolve(data));
      const frame = document.createElement('iframe');
      frame.sandbox.add('allow-scripts');
      frame.srcdoc = '<script>' + ${JSON.stringify(script)} + '<' + '/script>';
      document.body.append(frame);
    })`);
    expect([outcome, service.calls, refusals()]).toEqual(['refused', [], ['origin']]);
  });
});

describe('a form', () => {
  const submit = async (type: string, target: string): Promise<void> => {
    const form = { method: 'POST', action: `${endpoint}/oob/v1/auth`, enctype: type, target };
    // As text/plain this body is JSON: {"request":"=r"}
    const field = { name: '{"request":"', value: 'r"}' };
    await page.evaluate(`{
      const frame = Object.assign(document.createElement('iframe'), { name: 'frame' });
      const form = Object.assign(document.createElement('form'), ${JSON.stringify(form)});
      form.append(Object.assign(document.createElement('input'), ${JSON.stringify(field)}));
      document.body.append(frame, form);
      form.submit();
    }`);
    await expect.poll(() => refusals()).toEqual(['fetch-metadata']);
  };
  const types = ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data'];
  const cases = types.flatMap((type) => [
    [type, 'the page', '_self'],
    [type, 'a frame', 'frame'],
  ]);

  it.each(cases)('as %s from %s starts nothing, even on a registered page', async (type, _from, target) => {
    for (const origin of [registered, foreign]) {
      // The last one may still be on its way to the refusal.
      page = await context.newPage();
      await page.goto(origin);
      (logger.lines as unknown[]).length = 0;
      await submit(type, target);
    }
    expect(service.calls).toEqual([]);
  });

  it('is told from a fetch by the headers that Chromium sends', async () => {
    await page.goto(registered);
    const seen = await recordHeaders();
    await submit('text/plain', '_self');
    await expect.poll(() => seen.length).toBeGreaterThan(0);
    expect(seen[0]).toMatchObject({ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', origin: registered });
  });
});

describe('a page that the browser holds for public (Local Network Access)', () => {
  it('reaches the endpoint once the user allowed it', async () => {
    await context.grantPermissions(['local-network-access'], { origin: publicRegistered });
    await page.goto(publicRegistered);
    const seen = await recordHeaders();
    expect(await call('/oob/v1/auth', { request: 'r' })).toMatchObject({ status: 200 });
    expect(service.calls).toHaveLength(1);
    // Local Network Access asks the user, not the server: no header of Private Network Access is left.
    const names = seen.flatMap((headers) => Object.keys(headers));
    expect(names.filter((name) => name.includes('network'))).toEqual([]);
  });

  it('does not, before that', async () => {
    await page.goto(publicRegistered);
    const outcome = await Promise.race([
      call('/oob/v1/auth', { request: 'r' }),
      new Promise<FetchOutcome>((resolve) =>
        setTimeout(() => resolve({ failed: 'TypeError: waits for the user' }), 2000),
      ),
    ]);
    expect(outcome.failed).toContain('TypeError');
    expect([service.calls, refusals()]).toEqual([[], []]);
  });

  it('is refused by the gate, allowed or not, when it is not registered', async () => {
    await context.grantPermissions(['local-network-access'], { origin: publicForeign });
    await page.goto(publicForeign);
    expect((await call('/oob/v1/auth', { request: 'r' })).failed).toContain('TypeError');
    expect([service.calls, refusals()]).toEqual([[], ['origin']]);
  });
});
