import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { afterDeafMs } from '../support/deaf-prompt.js';
import { startSandboxBench, type SandboxBench } from '../support/sandbox-bench.js';
import type { TmuxTerminal } from '../support/tmux.js';

const pin = '123456';
const tolvan = { subject: 'TSTNMT2321000156-1024', level: 'http://id.sambi.se/loa/loa3' };
const [one, two] = ['Sandbox Reader 1', 'Sandbox Reader 2'];

let bench: SandboxBench;
let terminal: TmuxTerminal | undefined;
beforeAll(async () => {
  bench = await startSandboxBench();
});
afterAll(() => bench.close());

/** Resolves when the card has been read. */
async function insert(card: string, reader: string): Promise<void> {
  await bench.daemon.client.request('sandbox.insert', { card, reader });
  await expect
    .poll(async () => (await bench.settled()).readers.find(({ name }) => name === reader)?.token)
    .toBeDefined();
}
const remove = (reader: string) => bench.daemon.client.request('sandbox.remove', { reader });

beforeEach(async () => {
  await bench.daemon.client.request('sandbox.reset', {});
  await insert('tolvan', one);
});
afterEach(async () => {
  terminal?.close();
  terminal = undefined;
  const { readers } = await bench.daemon.client.request('sandbox.list', {});
  for (const { name } of readers) {
    if ([one, two].includes(name)) await remove(name);
    else await bench.daemon.client.request('sandbox.removeReader', { reader: name });
  }
  await expect.poll(async () => (await bench.settled()).daemon.surfaces).toBe(0);
});

/** The screen once it fits and the prompt listens. */
async function until(fits: RegExp): Promise<string> {
  await terminal?.until(fits);
  await delay(afterDeafMs);
  return terminal?.screen() ?? '';
}

describe('kort prompt with several cards', () => {
  beforeEach(async () => {
    terminal = await bench.prompt('sv', { columns: 80, rows: 24 });
  });

  it('preselects none of two people, lets the user switch in the middle, and never asks the other card', async () => {
    await insert('tretton', two);
    const login = bench.login([3, 2]);
    const choice = await until(/Vilket kort vill du använda\?/);
    expect(choice).toMatch(/1 {2}Tolvan Tolvansson: Tolvan 940[^]*2 {2}Tretton Trettonsson: Tretton reserve/);
    terminal?.keys('2');
    await terminal?.until(/Kort: Tretton reserve[^]*PIN-kod: *$/m);
    terminal?.keys('99', 'Tab');
    await terminal?.until(/Esc går tillbaka/);
    terminal?.keys('1');
    await terminal?.until(/Kort: Tolvan 940[^]*PIN-kod: *$/m);
    terminal?.keys(pin, 'Enter');
    expect(await login).toEqual(tolvan);
    expect([await bench.tries(one), await bench.tries(two)]).toEqual([5, 5]);

    const again = bench.login([3, 2]);
    await until(/Vilket kort vill du använda\?/);
    terminal?.keys('Escape');
    expect(await again).toEqual({ hintCode: 'userCancel' });
  });

  it('takes the card of last time where both are one person’s, also with the readers the other way round', async () => {
    await insert('tolvan-ec', two);
    const first = bench.login();
    // The certificate that lasts longer comes first, and these two were issued within the same seconds.
    const choice = await until(/Vilket kort vill du använda\?/);
    terminal?.keys(/(\d) {2}Tolvan Tolvansson: Tolvan 940 EC/.exec(choice)?.[1] ?? '');
    await terminal?.until(/Kort: Tolvan 940 EC[^]*PIN-kod: *$/m);
    terminal?.keys(pin, 'Enter');
    expect(await first).toEqual(tolvan);

    await remove(two);
    await insert('tolvan-ec', one);
    await insert('tolvan', two);
    const second = bench.login();
    expect(await until(/PIN-kod: *$/m)).toContain('Kort: Tolvan 940 EC (läsare Sandbox Reader 1)');
    terminal?.keys(pin, 'Enter');
    expect(await second).toEqual(tolvan);
  });

  it('keeps the card whose PIN is typed, and says that another one came, in a small window too', async () => {
    terminal?.resize(40, 12);
    const login = bench.login([3, 2]);
    await until(/PIN-kod: *$/m);
    terminal?.keys('123');
    await insert('tretton', two);
    expect(await until(/Ett kort till sattes i: Tretton/)).toMatch(/PIN-kod: •••$/m);
    terminal?.keys('Tab');
    expect(await terminal?.until(/1 {2}Tolvan Tolvansson: Tolvan 940/)).toContain('2  Tretton Trettonsson: Tretton');
    terminal?.keys('Escape');
    await terminal?.until(/PIN-kod: *$/m);
    terminal?.keys(pin, 'Enter');
    expect(await login).toEqual(tolvan);
  });

  it('ends a login that is only starting with Esc', async () => {
    await bench.daemon.client.request('sandbox.fault', {
      card: 'tolvan',
      fault: { kind: 'delay', milliseconds: 5000 },
    });
    const login = bench.login();
    await terminal?.until(/En begäran har kommit[^]*Esc avbryter/);
    terminal?.keys('Escape');
    expect(await login).toEqual({ hintCode: 'userCancel' });
    await terminal?.until(/Du avbröt\./);
  });
});

describe('kort prompt and a reader with a keypad', () => {
  const pad = 'Keypad';
  beforeEach(async () => {
    await bench.sandbox('add-reader', pad, '--pin-pad');
    await insert('tolvan', pad);
    terminal = await bench.prompt('en', { columns: 40, rows: 14 });
  });
  const asksFor = async () => {
    const { readers } = await bench.daemon.client.request('sandbox.list', {});
    return readers.find(({ name }) => name === pad)?.pinPad?.asksFor;
  };
  const begin = async (): Promise<void> => {
    terminal?.keys('Enter');
    await terminal?.until(/The reader is waiting/);
    await expect.poll(asksFor).toBe('pin');
  };

  it('begins on Enter, shows what was typed wrongly, too late or not at all, and signs in', async () => {
    const login = bench.login();
    await until(/Press Enter here/);
    terminal?.keys('123456');
    await begin();
    expect(await bench.sandbox('list')).toContain('Keypad: tolvan (the keypad asks for the PIN: "kort sandbox press")');
    await bench.sandbox('press', '999999', 'ok');
    await terminal?.until(/Tries left: 4[^]*Wrong PIN\. 4 tries left/);
    await begin();
    await bench.sandbox('press', '12', 'cancel');
    await terminal?.until(/Tries left: 4[^]*cancelled on the reader's/);
    await begin();
    await bench.sandbox('press', 'timeout');
    await terminal?.until(/Tries left: 4[^]*ran out/);
    await begin();
    await bench.sandbox('press', pin, 'ok');
    expect(await login).toEqual(tolvan);
    expect(await bench.tries(pad)).toBe(5);
    const { entries } = await bench.daemon.client.request('history.recent', { limit: 20 });
    const tries = entries.flatMap(({ event }) => (event.kind === 'pin-try' ? [event.outcome] : []));
    expect(tries.slice(-2)).toEqual(['wrong', 'accepted']);
  });

  it('lets the PIN be typed on the computer on T', async () => {
    const login = bench.login();
    await until(/Press Enter here/);
    terminal?.keys('t');
    await terminal?.until(/^PIN: *$/m);
    terminal?.keys(pin, 'Enter');
    expect(await login).toEqual(tolvan);
  });

  it('ends the login when the card is pulled while the reader waits', async () => {
    const login = bench.login();
    await until(/Press Enter here/);
    await begin();
    await remove(pad);
    expect(await login).toEqual({ hintCode: 'cardRemoved' });
    await terminal?.until(/The card was\s+removed/);
  });

  it('cancels here although the reader still waits, and says no try to be used', async () => {
    const login = bench.login();
    await until(/Press Enter here/);
    await begin();
    terminal?.keys('Escape');
    expect(await login).toEqual({ hintCode: 'userCancel' });
    await bench.sandbox('press', 'cancel');
    await expect.poll(() => bench.tries(pad)).toBe(5);
  });
});

it('kort status says which readers are left alone', async () => {
  await bench.daemon.client.request('sandbox.addReader', { name: 'Windows Hello for Business 1' });
  const { readers } = await bench.settled();
  expect(readers.at(-1)).toMatchObject({ name: 'Windows Hello for Business 1', skipped: 'virtual' });
});
