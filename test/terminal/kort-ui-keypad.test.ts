import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SandboxKey } from '../../src/control-contract/sandbox.js';
import { pinMessages } from '../../src/messages/pin.js';
import { uiMessages } from '../../src/messages/ui.js';
import { uiWorkMessages } from '../../src/messages/ui-work.js';
import { PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { UiTerminal } from '../support/ui-terminal.js';

const pin = '123456';
const next = '246810';
const reader = 'Keypad Reader';
const ok: SandboxKey = { kind: 'ok' };
const digits = (text: string): SandboxKey => ({ kind: 'digits', digits: text });

let home: PrivateHome;
let daemon: RunningDaemon;
let terminal: UiTerminal;

beforeAll(async () => {
  home = new PrivateHome();
  daemon = await startDaemon(home, 'sandbox', ['--sandbox', '--port', '0']);
  await daemon.client.request('sandbox.remove', { reader: 'Sandbox Reader 1' });
  await daemon.client.request('sandbox.addReader', { name: reader, pinPad: true });
  await daemon.client.request('sandbox.insert', { card: 'tolvan-ec', reader });
});
afterAll(async () => {
  await daemon.stop();
  home.remove();
});
beforeEach(async () => {
  await daemon.client.request('sandbox.reset', {});
});
afterEach(() => terminal.close());

/** Waits until the keypad asks. */
async function asked(prompt: string | undefined): Promise<void> {
  const asksFor = async () =>
    (await daemon.client.request('sandbox.list', {})).readers.find(({ name }) => name === reader)?.pinPad?.asksFor;
  await expect.poll(asksFor, { timeout: 20_000 }).toBe(prompt);
}

const press = (...keys: SandboxKey[]) => daemon.client.request('sandbox.press', { keys });

describe.each(['sv', 'en'] as const)('kort ui at a reader with a keypad, in %s', (language) => {
  const pins = pinMessages[language];
  const work = uiWorkMessages[language];

  beforeEach(async () => {
    terminal = new UiTerminal(home.env, language);
    await terminal.until(uiMessages[language].home, reader, pins.attempts(5));
  });

  it('has a PIN changed on it, says so as long as it waits, and asks for no code itself', async () => {
    terminal.keys('p');
    await asked('current-pin');
    const waiting = await terminal.shot('keypad-1-waits', work.title.change, pins.onReader.change);
    expect(waiting).not.toContain(`${pins.current}:`);
    // Whoever types here all the same types into nothing.
    terminal.keys(pin, 'Enter');
    await press(digits(pin), ok, digits(next), ok, digits(next), ok);
    const done = await terminal.shot('keypad-2-done', `✓ ${pins.done.change}`, pins.attempts(5));
    expect(done).not.toContain(pins.onReader.change);
    terminal.keys('Enter');
    await terminal.until(uiMessages[language].home);
    terminal.keys('v');
    await asked('pin');
    await press(digits(next), ok);
    await terminal.until(`✓ ${pins.done.verify}`);
  });

  it('says what a wrong PIN on it has cost, and what its cancel key means', async () => {
    terminal.keys('v');
    await asked('pin');
    await press(digits('999999'), ok);
    const wrong = await terminal.shot('keypad-3-wrong', '✗', 'ERR_PIN_WRONG', work.keys.again);
    expect(wrong).not.toContain(pins.onReader.verify);
    terminal.keys('Enter');
    await asked('pin');
    await terminal.until(pins.onReader.verify, pins.attempts(4));
    await press({ kind: 'cancel' });
    await terminal.shot('keypad-4-cancelled', '✗', 'ERR_PIN_PAD_CANCELLED');
    await asked(undefined);
    terminal.keys('Escape');
    await terminal.until(uiMessages[language].home, pins.attempts(4));
  });
});
