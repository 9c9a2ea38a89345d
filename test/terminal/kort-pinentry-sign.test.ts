import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sandboxPin, sandboxSignaturePin } from '../../src/sandbox/sandbox-cards.js';
import { verifySignatures, type OrderDocument } from '../../src/verify/verify.js';
import { kortProgram } from '../support/daemon.js';
import { OrderBench, type PageOrder } from '../support/order-bench.js';
import { openPinentryTerminal, writeSettings } from '../support/pinentry-terminal.js';
import { startRelyingServer, type RelyingServer } from '../support/relying-server.js';
import { openTmux, type TmuxTerminal } from '../support/tmux.js';

/** Longer than an answer must not come. */
const afterGlanceMs = 900;
const phrase = 'Blå elefant';

let bench: OrderBench;
let clinic: RelyingServer;
let terminals: TmuxTerminal[] = [];
beforeAll(async () => {
  bench = await OrderBench.start();
  // The real windows answer, and nothing else.
  await bench.client.request('prompt.detach', {});
  await bench.client.request('phrase.set', { phrase });
  clinic = await bench.add(await startRelyingServer({ name: 'clinic', launchers: ['page'] }));
  await bench.useCards('tolvan-sign');
});
afterAll(() => bench.close());
beforeEach(() => bench.client.request('sandbox.reset', {}));
afterEach(async () => {
  for (const terminal of terminals) terminal.close();
  terminals = [];
  writeSettings(bench.home, { pinentry: 'off' });
  await expect.poll(async () => (await bench.client.request('daemon.status', {})).surfaces).toBe(0);
});

async function openWindows(language: 'sv' | 'en'): Promise<TmuxTerminal> {
  const terminal = await openPinentryTerminal(bench.home, '/usr/bin/pinentry-curses', language);
  terminals.push(terminal);
  return terminal;
}

function openPrompt(): TmuxTerminal {
  const command = `${process.execPath} ${kortProgram} --lang en --instance sandbox prompt`;
  const terminal = openTmux(command, bench.home.env, { columns: 80, rows: 24 });
  terminals.push(terminal);
  return terminal;
}

/** The screen once it fits and an answer counts. */
async function until(terminal: TmuxTerminal, fits: RegExp): Promise<string> {
  await terminal.until(fits);
  await delay(afterGlanceMs);
  return terminal.screen();
}

/** Goes on from page to page and agrees on the last; resolves with all of them. */
async function readAll(terminal: TmuxTerminal, agree: string): Promise<readonly string[]> {
  const pages: string[] = [];
  do {
    pages.push(await until(terminal, new RegExp(`(Page|Sida) ${pages.length + 1} (of|av) `)));
    terminal.keys('Enter');
  } while (pages.at(-1)?.includes(agree) !== true);
  return pages;
}

const documentOf = (label: string): OrderDocument => ({
  label,
  digestAlgorithm: 'sha256',
  digest: createHash('sha256').update(label).digest(),
});

const sign = (visibleText: string): Promise<PageOrder> =>
  bench.startPage(clinic, 'sign', {
    signature: { visibleText, documents: [documentOf('Referral'), documentOf('Enclosure')] },
  });

async function verified({ created, party, ...order }: PageOrder) {
  const answer = await bench.collect({ created, party, ...order });
  expect(answer).toMatchObject({ status: 'complete' });
  return await verifySignatures(answer['signatures'] as readonly string[], {
    clientId: party.clientId,
    request: created.request,
    policy: bench.trust,
    consumeNonce: () => Promise.resolve(true),
  });
}

const triesOf = async (wanted: string): Promise<number | undefined> =>
  (await bench.tries()).find(([role]) => role === wanted)?.[1];

describe('a signature by the real pinentry', () => {
  it('has every row of the text read, page by page, and is signed with the PIN for signatures', async () => {
    const lines = Array.from({ length: 16 }, (_, index) => `TEST row ${index + 1} of what is signed`);
    const terminal = await openWindows('en');
    const order = await sign(lines.join('\n'));
    const pages = await readAll(terminal, 'I have read all of it');
    for (const page of pages) {
      for (const fact of [/Your phrase: Blå elefant/, /TEST clinic wants you to sign/, /The service writes:/]) {
        expect(page).toMatch(fact);
      }
    }
    const read = pages.join('');
    for (const line of lines) expect(read).toContain(`| ${line}`);
    for (const label of ['Referral', 'Enclosure']) {
      expect(read).toContain(createHash('sha256').update(label).digest('hex').slice(0, 40));
    }
    const first = await until(terminal, /Signature PIN \(the card's second PIN\): _/);
    expect(first).toMatch(/The PIN now signs document 1 of 2, which the service calls: +x\n.*\| Referral/);
    expect(first).toMatch(/Card: Tolvan 940 signature \(reader Sandbox Reader 1\)/);
    terminal.keys(sandboxSignaturePin, 'Enter');
    const second = await until(terminal, /Document 1 of 2 is signed/);
    expect(second).toMatch(/The PIN now signs document 2 of 2, which the service calls: +x\n.*\| Enclosure/);
    expect(second).toMatch(/Tries left: 3/);
    terminal.keys(sandboxSignaturePin, 'Enter');
    expect(await verified(order)).toMatchObject({ subject: 'TSTNMT2321000156-1024', visibleText: lines.join('\n') });
    expect(terminal.screen()).not.toContain(sandboxSignaturePin);
    expect(await bench.history(1, 'signature')).toMatchObject([{ outcome: 'complete', documents: 2 }]);
  });

  it('goes on after the PIN for logins was typed, and says which of them is wrong', async () => {
    const terminal = await openWindows('sv');
    const order = await sign('TEST text');
    await readAll(terminal, 'Jag har läst allt');
    await until(terminal, /Underskriftskod \(kortets andra PIN-kod\): _/);
    terminal.keys(sandboxPin, 'Enter');
    const wrong = await until(terminal, /Försök kvar: 2/);
    expect(wrong).toMatch(/Fel PIN-kod/);
    for (const document of [1, 2]) {
      await until(terminal, new RegExp(`dokument ${document} av 2`));
      terminal.keys(sandboxSignaturePin, 'Enter');
    }
    expect(await verified(order)).toMatchObject({ visibleText: 'TEST text' });
    expect(await triesOf('authentication')).toBe(5);
  });

  it('costs nothing where it is declined while the text is read', async () => {
    const terminal = await openWindows('en');
    const trace = await bench.traced(async () => {
      const order = await sign('TEST text');
      const first = await until(terminal, /<Next page>.*<Cancel>/);
      expect(first).not.toContain('I have read');
      terminal.keys('Tab', 'Enter');
      expect(await bench.collect(order)).toMatchObject({ status: 'failed', hintCode: 'userCancel' });
    });
    expect(trace.filter((line) => /^> ..20.*\.\.\*$/.test(line))).toEqual([]);
    expect(await triesOf('signature')).toBe(3);
  });
});

describe('a signature that no window has room for', () => {
  it.each([
    ['is too long', Array.from({ length: 130 }, (_, index) => `TEST row ${index + 1} of many`).join('\n')],
    ['could be taken for markup', 'TEST dose <5 mg'],
  ])('goes to a terminal because its text %s: a window says so until one is opened', async (_why, visibleText) => {
    const windows = await openWindows('en');
    const order = await sign(visibleText);
    const notice = await until(windows, /<Cancel>/);
    expect(notice.replaceAll(/[\sx]+/g, ' ')).toContain(
      'Your phrase: Blå elefant The question does not fit into this window. Open "kort ui", or "kort prompt" in a terminal: it moves there.',
    );
    expect(notice).not.toContain('TEST');
    const prompt = openPrompt();
    await prompt.until(/TEST clinic wants you to sign/);
    await expect.poll(() => windows.screen()).not.toContain('does not fit');
    await delay(afterGlanceMs);
    let screen = prompt.screen();
    for (let page = 0; page < 60 && !screen.includes('Enter: I have read all of it'); page += 1) {
      prompt.keys('NPage', 'NPage', 'NPage', 'NPage', 'NPage');
      screen = prompt.screen();
    }
    prompt.keys('Enter');
    for (const document of [1, 2]) {
      await prompt.until(new RegExp(`now signs document ${document} of 2[^]*PIN\\): *$`, 'm'));
      prompt.keys(sandboxSignaturePin, 'Enter');
    }
    expect(await verified(order)).toMatchObject({ visibleText });
  });

  it('ends where its window is closed instead', async () => {
    const windows = await openWindows('sv');
    const order = await sign('TEST dos <5 mg');
    await until(windows, /Frågan får inte plats i den här rutan/);
    windows.keys('Enter');
    expect(await bench.collect(order)).toMatchObject({ status: 'failed', hintCode: 'userCancel' });
  });
});
