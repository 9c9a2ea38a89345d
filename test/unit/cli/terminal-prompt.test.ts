import { beforeEach, describe, expect, it } from 'vitest';
import type { ControlClient } from '../../../src/client/client.js';
import { TerminalPrompt } from '../../../src/cli/prompt/terminal-prompt.js';
import type { Key } from '../../../src/cli/prompt/key-reader.js';
import type { WirePrompt } from '../../../src/control-contract/prompts.js';
import { promptView } from '../../support/prompt-view.js';

type Listener = (payload: unknown) => void;

let now: number;
let listeners: Map<string, Listener>;
let calls: unknown[];
let pins: {
  readonly ticket: string;
  readonly digits: string;
  readonly consent: boolean;
  readonly wiped: () => boolean;
}[];
let failures: unknown[];
let screen: string;
let prompt: TerminalPrompt;
let pinFailure: Error | undefined;

const wire = (change: Partial<WirePrompt> = {}): WirePrompt => ({
  ...promptView('p1'),
  ticket: 'a'.repeat(32),
  ...change,
});
const tell = (event: string, payload: unknown): void => listeners.get(event)?.(payload);
const press = (...keys: readonly string[]): void => {
  for (const key of keys) {
    if (key.length === 1) prompt.key('character', key.charCodeAt(0));
    else prompt.key(key as Key, 0);
  }
};

beforeEach(async () => {
  now = 1000;
  listeners = new Map();
  calls = [];
  pins = [];
  failures = [];
  pinFailure = undefined;
  const client: ControlClient = {
    request: (method, params) => {
      calls.push([method, params]);
      return Promise.resolve((method === 'prompt.attach' ? { waiting: [] } : { accepted: true }) as never);
    },
    on: (event, listener) => {
      listeners.set(event, listener as Listener);
      return () => undefined;
    },
    sendPin: (ticket, pin, { lastTryConsent }) => {
      const digits = pin.use((bytes) => Buffer.from(bytes).toString());
      const wiped = (): boolean => pin.use((bytes) => bytes.every((byte) => byte === 0));
      pins.push({ ticket, digits, consent: lastTryConsent, wiped });
      return pinFailure === undefined ? Promise.resolve() : Promise.reject(pinFailure);
    },
    closed: new Promise(() => undefined),
    close: () => undefined,
  };
  prompt = new TerminalPrompt({
    client,
    look: { language: 'en', color: false },
    size: () => ({ columns: 100, rows: 40 }),
    draw: (lines) => void (screen = lines.join('\n')),
    now: () => now,
    onClosed: () => undefined,
    onInterrupt: () => calls.push(['interrupt']),
    onFailure: (error) => failures.push(error),
  });
  await prompt.start();
  calls.length = 0;
});

describe('a prompt that has just opened', () => {
  it('is deaf to digits, Enter and Escape until none came for 500 ms, so that nothing typed blind goes to it', () => {
    tell('prompt.show', wire());
    now += 499;
    press('1', '2', '3', '4', 'enter', 'escape');
    now += 499;
    press('5', 'enter');
    expect(screen).toMatch(/^PIN: $/m);
    now += 500;
    press('8', 'enter');
    expect(pins).toMatchObject([{ digits: '8', consent: false, ticket: 'a'.repeat(32) }]);
    expect(calls).toEqual([]);
  });

  it('is deaf anew for the next order, not for the state that follows an answer', () => {
    tell('prompt.show', wire());
    now += 500;
    press('1', 'enter');
    tell('prompt.show', wire({ ticket: 'b'.repeat(32), attemptsRemaining: 2 }));
    press('8');
    expect(screen).toMatch(/^PIN: •$/m);
    tell('prompt.show', wire({ promptId: 'p2', ticket: 'c'.repeat(32) }));
    press('8');
    expect(screen).toMatch(/^PIN: $/m);
  });

  it('still ends on Ctrl-C', () => {
    tell('prompt.show', wire());
    press('interrupt');
    expect(calls).toEqual([['interrupt']]);
  });
});

describe('what was typed', () => {
  beforeEach(() => {
    tell('prompt.show', wire());
    now += 500;
    press('8', '3', '5');
  });

  it('stays while the question stays', () => {
    tell('prompt.show', wire({ waitingOrders: 1 }));
    expect(screen).toMatch(/^PIN: •••$/m);
  });

  it.each([
    ['the question changes', () => tell('prompt.show', wire({ ticket: 'b'.repeat(32), chosen: 'c2' }))],
    [
      'the order ends and another comes',
      () => {
        tell('prompt.close', { promptId: 'p1', outcome: { status: 'failed', hintCode: 'cancelled' } });
        tell('prompt.show', wire({ promptId: 'p2', ticket: 'b'.repeat(32) }));
      },
    ],
  ])('is forgotten when %s', (_what, change) => {
    change();
    expect(screen).not.toContain('•');
  });

  it('is wiped after it was sent, also when sending failed', async () => {
    pinFailure = new Error('planted');
    press('enter');
    await new Promise((resolve) => setImmediate(resolve));
    expect(pins[0]?.wiped()).toBe(true);
    expect(failures).toEqual([pinFailure]);
  });

  it('is sent once, however often Enter is pressed', () => {
    press('enter', 'enter', '1', 'enter');
    expect(pins).toHaveLength(1);
    expect(screen).toContain('The card is working');
  });

  it('has to be typed anew when the daemon refused it', () => {
    press('enter');
    tell('prompt.refused', { ticket: 'a'.repeat(32), reason: 'late' });
    expect(screen).toContain('The PIN was not used');
    expect(screen).toMatch(/^PIN: $/m);
    press('enter');
    expect(pins).toHaveLength(1);
  });

  it('cannot be an empty PIN', () => {
    press('backspace', 'backspace', 'backspace', 'backspace', 'enter');
    expect(pins).toEqual([]);
  });
});

it('the last try is sent with consent only after the word was typed and confirmed', () => {
  tell('prompt.show', wire({ lastTry: true, attemptsRemaining: 1 }));
  now += 500;
  press('8', '3', 'enter', 'l', 'a', 's', 'enter', '8', 'enter');
  expect(pins).toEqual([]);
  press('t', 'enter', '8', '3', 'enter');
  expect(pins).toMatchObject([{ digits: '83', consent: true }]);
});

it('Escape leaves the choice of another card without cancelling the login', () => {
  const [one] = promptView('p1').candidates;
  tell('prompt.show', wire({ candidates: [one!, { ...one!, id: 'c2' }] }));
  now += 500;
  press('tab', 'escape', '8');
  expect(screen).toMatch(/^PIN: •$/m);
  press('tab', '1', 'tab', '2');
  expect(calls).toEqual([['prompt.choose', { ticket: 'a'.repeat(32), candidateId: 'c2' }]]);
});

it('a working card takes no key but Escape', () => {
  tell('prompt.show', wire({ state: 'working' }));
  now += 500;
  press('8', 'enter', 'tab', 'escape');
  expect(pins).toEqual([]);
  expect(calls).toEqual([['prompt.cancel', { promptId: 'p1' }]]);
});
