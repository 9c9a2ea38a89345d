import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pinMessages } from '../../src/messages/pin.js';
import { kortProgram, PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { openPinentryTerminal, writeSettings } from '../support/pinentry-terminal.js';
import { openTmux, type TmuxTerminal } from '../support/tmux.js';

/* On the smallest screen that anybody works on. */
const size = { columns: 80, rows: 24 };
const phrase = 'Blå elefant';
const [pin, next, puk] = ['123456', '246810', '12345678'];
const card = 'tolvan-ec';
const reader = 'Sandbox Reader 1';
/** Longer than an answer must not come. */
const afterGlanceMs = 900;

let home: PrivateHome;
let daemon: RunningDaemon;
let terminals: TmuxTerminal[] = [];
beforeAll(async () => {
  home = new PrivateHome();
  daemon = await startDaemon(home, 'sandbox', ['--sandbox', '--port', '0']);
  await daemon.client.request('phrase.set', { phrase });
  await daemon.client.request('sandbox.insert', { card, reader });
}, 30_000);
afterAll(async () => {
  await daemon.stop();
  home.remove();
});
beforeEach(async () => {
  await daemon.client.request('sandbox.reset', {});
  const cards = async () =>
    (await daemon.client.request('status.get', {})).readers.filter(({ token }) => token !== undefined).length;
  await expect.poll(cards).toBe(1);
});
afterEach(async () => {
  for (const terminal of terminals) terminal.close();
  terminals = [];
  writeSettings(home, { pinentry: 'off' });
  await expect.poll(async () => (await daemon.client.request('daemon.status', {})).surfaces).toBe(0);
});

function kort(args: string): TmuxTerminal {
  const command = `${process.execPath} ${kortProgram} --instance sandbox --no-color --lang en ${args}; echo "status: $?"`;
  const terminal = openTmux(command, home.env, size);
  terminals.push(terminal);
  return terminal;
}

/** Types codes where they are asked for; the phrase has to stand on the screen each time, at the start of a row. */
async function type(terminal: TmuxTerminal, ...entries: readonly (readonly [RegExp, string])[]): Promise<void> {
  for (const [question, code] of entries) {
    expect(await terminal.until(question)).toMatch(/^Your phrase: Blå elefant *$/m);
    terminal.keys(code, 'Enter');
  }
}

const { current, again } = pinMessages.en;
const asks = (label: string): RegExp => new RegExp(`^${label}[^\\n]*: *$`, 'm');
const change = [
  [asks(current), pin],
  // Not taken: what is too short, what is different the second time.
  [asks('New PIN \\('), '12'],
  [/length[^]*New PIN \([^\n]*: *$/m, next],
  [asks(again), '999999'],
  [/not the same[^]*New PIN \([^\n]*: *$/m, next],
  [/not the same[^]*once more: *$/m, next],
] as const;

/** Menu of the card in `kort ui`. */
async function ui(key: string): Promise<TmuxTerminal> {
  const terminal = kort('ui');
  await terminal.until(/> 1 Sandbox Reader 1[^]*5 tries left/);
  terminal.keys(key);
  return terminal;
}

describe.each(['kort pin change', 'kort ui'])('a PIN that is changed in %s', (face) => {
  it('is typed with the phrase in sight, at each entry', { timeout: 60_000 }, async () => {
    const terminal = face === 'kort ui' ? await ui('p') : kort('pin change');
    await type(terminal, ...change);
    await terminal.until(/The PIN is changed\./);
  });
});

describe.each(['kort unlock --puk', 'kort ui'])('a PUK that is typed in %s', (face) => {
  it('is typed with the phrase in sight, and the new PIN too', { timeout: 60_000 }, async () => {
    const terminal = face === 'kort ui' ? await ui('u') : kort('unlock --puk');
    await type(terminal, [asks('PUK'), puk], [asks('New PIN \\('), next], [asks(again), next]);
    await terminal.until(/The PIN is unlocked/);
  });
});

describe('the PIN of a download', () => {
  it.each([
    ['kort certificate download', 'kort certificate download'],
    ['kort certificate download', 'a window of pinentry'],
    ['kort ui', 'kort ui'],
  ])('in %s, with the login in %s, is typed with the phrase in sight', { timeout: 90_000 }, async (face, place) => {
    await daemon.client.request('sandbox.order', { card, kind: 'extra' });
    const isWindow = place === 'a window of pinentry';
    const windows = isWindow ? await openPinentryTerminal(home, '/usr/bin/pinentry-curses', 'en') : undefined;
    if (windows !== undefined) terminals.push(windows);
    const terminal = face === 'kort ui' ? await ui('d') : kort('certificate download');
    const login = windows ?? terminal;
    await login.until(/Sandbox Issuer[^]*(PIN: *_*|<Use this one>)/);
    await delay(afterGlanceMs);
    expect(login.screen()).toMatch(/Your phrase: Blå elefant/);
    if (login.screen().includes('<Use this one>')) {
      login.keys('Enter');
      expect(await login.until(/PIN: _/)).toMatch(/Your phrase: Blå elefant/);
      await delay(afterGlanceMs);
    }
    login.keys(pin, 'Enter');
    await terminal.until(/Press a number|Enter choose/);
    await delay(afterGlanceMs);
    terminal.keys('1');
    await type(terminal, [asks('PIN'), '999999'], [/Wrong PIN[^]*\nPIN: *$/m, pin]);
    await terminal.until(/Done\./);
  });
});
