import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answering, fakePinentry, type FakePinentry } from '../support/fake-pinentry.js';
import { openPinentryTerminal, writeSettings } from '../support/pinentry-terminal.js';
import { startSandboxBench, type SandboxBench } from '../support/sandbox-bench.js';
import type { TmuxTerminal } from '../support/tmux.js';

/** Longer than an answer must not come. */
const afterGlanceMs = 900;
const pin = '123456';
const tolvan = { subject: 'TSTNMT2321000156-1024', level: 'http://id.sambi.se/loa/loa3' };
const [one, two] = ['Sandbox Reader 1', 'Sandbox Reader 2'];

let bench: SandboxBench;
let terminal: TmuxTerminal | undefined;
let fake: FakePinentry | undefined;
beforeAll(async () => {
  bench = await startSandboxBench();
});
afterAll(() => bench.close());

async function insert(card: string, reader: string): Promise<void> {
  await bench.daemon.client.request('sandbox.insert', { card, reader });
  await expect
    .poll(async () => (await bench.settled()).readers.find(({ name }) => name === reader)?.token)
    .toBeDefined();
}

beforeEach(async () => {
  await bench.daemon.client.request('sandbox.reset', {});
  await bench.daemon.client.request('phrase.set', { phrase: 'Blå elefant' });
  await insert('tolvan', one);
});
afterEach(async () => {
  writeSettings(bench.home, { pinentry: 'off' });
  await expect.poll(async () => (await bench.daemon.client.request('daemon.status', {})).surfaces).toBe(0);
  terminal?.close();
  terminal = undefined;
  fake?.remove();
  fake = undefined;
  for (const reader of [one, two]) await bench.daemon.client.request('sandbox.remove', { reader });
});

/** The screen once it fits and an answer counts. */
async function until(fits: RegExp): Promise<string> {
  await terminal?.until(fits);
  await delay(afterGlanceMs);
  return terminal?.screen() ?? '';
}
const typePin = (digits: string): void => terminal?.keys(digits, 'Enter');
const tries = async (): Promise<number | undefined> => bench.tries(one);

describe('a login by the real pinentry', () => {
  it('goes from the window to the signed answer, with everything that a prompt says', async () => {
    terminal = await openPinentryTerminal(bench.home, '/usr/bin/pinentry-curses', 'sv');
    const login = bench.login();
    const screen = await until(/PIN-kod:/);
    for (const fact of [
      /Din fras: Blå elefant/,
      /^ *x Tjänsten Sandlådans vårdcentral vill att du loggar in +x$/m,
      // What goes on in the next row stands further in than anything of ours.
      /^ *x\s{5}\(legitimering\)/m,
      /INTE från din administratör/,
      /Från: ett program på den här datorn/,
      /Kort: Tolvan 940/,
      /Innehavare: Tolvan Tolvansson/,
      /tillitsnivå 3 · giltigt till \d{4}-\d\d-\d\d/,
      /Försök kvar: 5/,
      /<Logga in>.*<Avbryt>/,
    ])
      expect(screen).toMatch(fact);
    typePin(pin);
    expect(await login).toEqual(tolvan);
    expect(terminal.screen()).not.toContain(pin);
  });

  it.each(['curses', 'tty'])(
    'takes nothing that was typed before a window of pinentry-%s for its PIN',
    async (kind) => {
      terminal = await openPinentryTerminal(bench.home, `/usr/bin/pinentry-${kind}`, 'en');
      terminal.keys('4711');
      const login = bench.login();
      await until(/PIN:/);
      typePin(pin);
      expect(await login).toEqual(tolvan);
      expect(await tries()).toBe(5);
    },
  );

  it('tells of a wrong PIN and of the tries left, and asks again', async () => {
    terminal = await openPinentryTerminal(bench.home, '/usr/bin/pinentry-curses', 'en');
    const login = bench.login();
    await until(/PIN:/);
    typePin('999999');
    const screen = await until(/Wrong PIN/);
    expect(screen).toMatch(/Tries left: 4/);
    typePin(pin);
    expect(await login).toEqual(tolvan);
  });

  it('takes no last try without a word', async () => {
    const { client } = bench.daemon;
    terminal = await openPinentryTerminal(bench.home, '/usr/bin/pinentry-curses', 'en');
    const login = bench.login();
    for (const left of [5, 4, 3, 2]) {
      await until(new RegExp(`Tries left: ${left}`));
      typePin('999999');
    }
    const screen = await until(/<Use the last try>/);
    expect(screen).toMatch(/LAST TRY/);
    expect(screen).not.toMatch(/PIN: /);
    terminal.keys('Tab', 'Enter');
    expect(await login).toEqual({ hintCode: 'userCancel' });
    expect(await tries()).toBe(1);
    await client.request('sandbox.reset', {});
  });

  it('lets the user choose among several cards', async () => {
    await insert('tretton', two);
    terminal = await openPinentryTerminal(bench.home, '/usr/bin/pinentry-curses', 'en');
    const login = bench.login([3, 2]);
    const [first = ''] = /(Tolvan Tolvansson|Tretton Trettonsson): /.exec(await until(/Card 1 of 2:/)) ?? [];
    if (first.startsWith('Tretton')) {
      terminal.keys('Tab', 'Tab', 'Enter');
      await until(/Tolvan Tolvansson: [^]*/);
    }
    terminal.keys('Enter');
    await until(/PIN:/);
    typePin(pin);
    expect(await login).toEqual(tolvan);
  });

  it('closes the window when the card is pulled, and says why', async () => {
    terminal = await openPinentryTerminal(bench.home, '/usr/bin/pinentry-curses', 'en');
    const login = bench.login();
    await until(/PIN:/);
    terminal.keys('12');
    await bench.daemon.client.request('sandbox.remove', { reader: one });
    expect(await login).toEqual({ hintCode: 'cardRemoved' });
    const screen = await terminal.until(/<Close>/);
    expect(screen).toMatch(/removed|pulled|taken out/i);
  });

  it('asks for a card, and goes on when it comes', async () => {
    await bench.daemon.client.request('sandbox.remove', { reader: one });
    await bench.settled();
    terminal = await openPinentryTerminal(bench.home, '/usr/bin/pinentry-curses', 'en');
    const login = bench.login();
    await until(/Insert your card/);
    await insert('tolvan', one);
    await until(/PIN:/);
    typePin(pin);
    expect(await login).toEqual(tolvan);
  });

  it('gives the question to a terminal that takes it, and gets it back when that goes', async () => {
    terminal = await openPinentryTerminal(bench.home, '/usr/bin/pinentry-curses', 'en');
    const other = await bench.prompt('en', { columns: 80, rows: 24 });
    try {
      const login = bench.login();
      await until(/PIN:/);
      terminal.keys('1234');
      await other.until(/A question is open in a window on the desktop/);
      other.keys('t');
      await other.until(/Your phrase: Blå elefant[^]*PIN: *$/m);
      await expect.poll(() => terminal?.screen()).not.toMatch(/PIN:/);
      other.keys('C-c');
      await until(/PIN: _*/);
      typePin(pin);
      expect(await login).toEqual(tolvan);
    } finally {
      other.close();
    }
  });

  it('asks with pinentry-tty, too', async () => {
    terminal = await openPinentryTerminal(bench.home, '/usr/bin/pinentry-tty', 'en');
    const login = bench.login();
    const screen = await until(/PIN:/);
    expect(screen).toMatch(/Your phrase: Blå elefant/);
    typePin(pin);
    expect(await login).toEqual(tolvan);
  });
});

describe('a pinentry that lies', () => {
  const use = (body: string): void => {
    fake = fakePinentry(body);
    const settings = {
      language: 'en',
      pinentry: 'on',
      'pinentry-program': fake.program,
      'pinentry-terminal': '/dev/null',
    };
    writeSettings(bench.home, settings);
  };

  it.each([
    ['ends at once', 'process.exit(3);'],
    ['answers garbage', 'raw(Buffer.alloc(1 << 20, 0xff));'],
    ['answers with 10 MB', "say('OK'); raw(Buffer.alloc(10 << 20, 'D 1234\\n'));"],
    ['has no screen', answering({ GETPIN: 'ERR 83918950 Inappropriate ioctl for device <Pinentry>' })],
    ['answers at once without the user', answering({ GETPIN: `D ${pin}\nOK` })],
    ['cancels at once without the user', answering({ GETPIN: 'ERR 83886179 Operation cancelled' })],
  ])('and %s fails the order, and costs no try', async (_what, body) => {
    use(body);
    expect(await bench.login()).toEqual({ hintCode: 'startFailed' });
    expect(await tries()).toBe(5);
    expect(bench.daemon.log()).toContain('ERR_PIN_DIALOGUE');
  });

  it('leaves the question to a terminal that is there', async () => {
    use('process.exit(3);');
    const other = await bench.prompt('en');
    try {
      const login = bench.login();
      await other.until(/PIN: *$/m);
      await delay(afterGlanceMs);
      other.keys(pin, 'Enter');
      expect(await login).toEqual(tolvan);
    } finally {
      other.close();
    }
  });

  it('and sends more than a PIN sends nothing to the card', async () => {
    const slowly = 'await new Promise((done) => setTimeout(done, 900));';
    use(
      `say('OK'); for (;;) { const { value, done } = await lines.next(); if (done) process.exit(0); if (value === 'GETPIN') { ${slowly} say('D ' + '1'.repeat(64)); } say('OK'); }`,
    );
    const login = bench.login();
    await delay(2500);
    expect(await tries()).toBe(5);
    writeSettings(bench.home, { pinentry: 'off' });
    await bench.daemon.client.request('daemon.status', {});
    expect(await login).toEqual({ hintCode: 'userCancel' });
    expect(await tries()).toBe(5);
  });
});
