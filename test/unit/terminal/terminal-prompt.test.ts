import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ControlClient } from '../../../src/client/client.js';
import { TerminalPrompt } from '../../../src/terminal/prompt/terminal-prompt.js';
import { screenLines } from '../../../src/terminal/prompt/screen-lines.js';
import type { Key } from '../../../src/terminal/keys/key-reader.js';
import type { WirePrompt } from '../../../src/control-contract/prompts.js';
import type { RevocationState } from '../../../src/model/revocation.js';
import { askedScreen } from '../../support/prompt-screen.js';
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
let outcomes: string[];
let pinFailure: Error | undefined;
let accepts: boolean;
let size: { readonly columns: number; readonly rows: number };

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
  outcomes = [];
  pinFailure = undefined;
  accepts = true;
  size = { columns: 100, rows: 40 };
  const client: ControlClient = {
    request: (method, params) => {
      calls.push([method, params]);
      return Promise.resolve((method === 'prompt.attach' ? { waiting: [] } : { accepted: accepts }) as never);
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
    kind: 'terminal',
    client,
    look: { language: 'en', color: false },
    size: () => size,
    draw: (lines) => void (screen = lines.join('\n')),
    now: () => now,
    onClosed: (_closed, text) => outcomes.push(text),
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

  it('takes nothing for the next PIN that is typed while the card works, nor the rest of it', () => {
    tell('prompt.show', wire({ documentsSigned: 0 }));
    now += 500;
    press('1', '2', '3', '4', 'enter', '1');
    tell('prompt.show', wire({ state: 'working', ticket: 'b'.repeat(32) }));
    now += 2000;
    press('1', '2');
    now += 100;
    tell('prompt.show', wire({ ticket: 'c'.repeat(32), documentsSigned: 1 }));
    press('3', '4', '5', '6', 'enter');
    expect(screen).toMatch(/^PIN: $/m);
    now += 500;
    press('8', 'enter');
    expect(pins.map(({ digits }) => digits)).toEqual(['1234', '8']);
  });

  it('is deaf while Enter is still held down, where Enter would make a reader ask for the PIN', () => {
    const states = { read: { visibleText: 'I agree.', purpose: 'sign' }, code: {}, explain: {} } as const;
    for (const [index, [state, change]] of Object.entries(states).entries()) {
      const next = { ...change, promptId: `p${index}`, pinPad: true };
      tell('prompt.show', wire({ ...next, state: state as keyof typeof states }));
      now += 500;
      press('a', 'enter');
      calls.length = 0;
      tell('prompt.show', wire({ ...next, ticket: 'b'.repeat(32) }));
      for (let held = 0; held < 50; held += 1) {
        now += 33;
        press('enter');
      }
      expect([state, calls]).toEqual([state, []]);
      now += 500;
      press('enter');
      expect(calls).toMatchObject([['prompt.usePinPad', { ticket: 'b'.repeat(32) }]]);
    }
  });

  it('still ends on Ctrl-C', () => {
    tell('prompt.show', wire());
    press('interrupt');
    expect(calls).toEqual([['interrupt']]);
  });
});

describe('a window that is too small for the question', () => {
  it('takes nothing but Escape, until it is larger', () => {
    tell('prompt.show', wire());
    now += 500;
    size = { columns: 20, rows: 5 };
    prompt.redraw();
    press('1', 'enter');
    expect(screen).toMatch(/Make the window/);
    size = { columns: 40, rows: 14 };
    prompt.redraw();
    press('8', 'enter');
    expect(pins).toMatchObject([{ digits: '8' }]);
    size = { columns: 20, rows: 5 };
    prompt.redraw();
    press('escape');
    expect(calls).toEqual([['prompt.cancel', { promptId: 'p1' }]]);
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

describe('the end of an order', () => {
  const failed = { status: 'failed', hintCode: 'cardRemoved' };

  it('is told with the name of its service', () => {
    tell('prompt.show', wire());
    tell('prompt.close', { promptId: 'p1', outcome: failed });
    expect(screen).toContain('The login to Example Clinic did not go through. The card was removed.');
    tell('prompt.show', wire());
    tell('prompt.close', { promptId: 'p1', outcome: { status: 'complete' } });
    expect(screen).toContain('Done: you have identified yourself to Example Clinic.');
    expect(screen).not.toContain('did not go through');
    expect(outcomes).toHaveLength(2);
  });

  it.each([
    ['that was announced', true],
    ['of a daemon that announces none', false],
  ])('replaces the one before, also when nothing was shown of the order (%s)', (_what, announced) => {
    tell('prompt.show', wire());
    tell('prompt.close', { promptId: 'p1', outcome: { status: 'complete' } });
    if (announced) {
      tell('prompt.begin', { promptId: 'p2' });
      expect(screen).toContain('A request has come');
      expect(screen).not.toContain('Done:');
      expect(prompt.open).toBe(true);
    }
    tell('prompt.close', { promptId: 'p2', outcome: failed });
    expect(screen).toContain('A request did not go through. The card was removed.');
    expect(screen).toContain('Waiting for a service');
    expect(screen).not.toContain('Done:');
    expect(prompt.open).toBe(false);
    expect(outcomes).toHaveLength(2);
  });
});

describe('how many tries are left', () => {
  it.each(['ERR_PIN_BLOCKED', 'pinBlocked'])('is none, without a last try, when the PIN is blocked (%s)', (code) => {
    tell('prompt.show', wire({ state: 'explain', attemptsRemaining: 1, lastTry: true, problem: { code, fields: {} } }));
    expect(screen).toMatch(/The PIN is locked/);
    expect(screen).toMatch(/Tries left: 0$/m);
    expect(screen).not.toContain('LAST TRY');
  });

  it.each([
    ['the card works', { state: 'working' as const }],
    ['a failure is explained', { state: 'explain' as const, problem: { code: 'ERR_CARD_MUTE', fields: {} } }],
  ])('is not told from before an entry while %s', (_what, change) => {
    tell('prompt.show', wire({ attemptsRemaining: 1, lastTry: true, ...change }));
    expect(screen).not.toContain('Tries left');
    expect(screen).not.toContain('LAST TRY');
  });
});

describe('a card that works', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('is said not to answer after five seconds without change, with what to do', () => {
    tell('prompt.show', wire({ state: 'working' }));
    expect(screen).toContain('The card is working');
    expect(screen).toContain('Esc cancels the login');
    vi.advanceTimersByTime(4999);
    tell('prompt.show', wire({ state: 'working', waitingOrders: 1 }));
    expect(screen).toContain('The card is working');
    vi.advanceTimersByTime(1);
    expect(screen).toContain('The card does not answer');
    expect(screen).toContain('pull the card out');
    expect(screen).toContain('Esc cancels the login');
  });

  it('is no longer said so when something else is shown, and counts anew when it works again', () => {
    tell('prompt.show', wire({ state: 'working' }));
    vi.advanceTimersByTime(5000);
    expect(screen).toContain('does not answer');
    tell('prompt.show', wire({ ticket: 'b'.repeat(32) }));
    expect(screen).not.toContain('does not answer');
    tell('prompt.show', wire({ state: 'working', ticket: 'c'.repeat(32) }));
    vi.advanceTimersByTime(4999);
    expect(screen).toContain('The card is working');
    prompt.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('what to do', () => {
  it('is said where a card is missing', () => {
    tell('prompt.show', wire({ state: 'noCard', candidates: [], chosen: undefined }));
    expect(screen).toMatch(/^Insert your card\.\nEsc cancels the login$/m);
  });

  it.each([
    ['levelNotMet', /Insert another card with assurance level 3, or close\./],
    ['noSuitableCertificate', /Insert another card, or close\. .*certain person/],
    ['certificateErr', /contact your helpdesk\.[^]*administrator[^]*trust\.d/],
    ['pinBlocked', /PUK/],
  ])('is said where a card is no use: %s', (code, step) => {
    tell('prompt.show', wire({ state: 'explain', chosen: undefined, problem: { code, fields: {} } }));
    expect(screen).toMatch(step);
  });

  it('is said of a service without a page: where it comes from is no web site', () => {
    tell('prompt.show', wire({ origin: undefined }));
    expect(screen).toMatch(/^ {2}From: a program on this computer$/m);
    expect(screen).not.toContain('Web site');
  });
});

describe('an entry that was not used', () => {
  it.each([
    ['ERR_PIN_COUNTER_FELL', {}, 'Another program used a PIN try on the card while you were typing.'],
    ['ERR_PIN_MALFORMED', { minLength: 4, maxLength: 16 }, 'wrong length or wrong characters: a PIN has 4 to 16'],
  ])('is explained: %s', (code, fields, sentence) => {
    tell('prompt.show', wire({ problem: { code, fields } }));
    expect(screen.replaceAll('\n', ' ')).toContain(sentence);
  });
});

describe('a reader with a keypad', () => {
  const pad = (change: Partial<WirePrompt> = {}): void => {
    tell('prompt.show', wire({ pinPad: true, ...change }));
    now += 500;
  };
  const wish = (lastTryConsent: boolean): unknown => [
    'prompt.usePinPad',
    { ticket: 'a'.repeat(32), lastTryConsent, language: 'en' },
  ];

  it('gets the PIN on Enter; what is typed here goes nowhere', () => {
    pad();
    press('1', '2', '3', '4', 'enter', 'enter');
    expect(calls).toEqual([wish(false)]);
    expect(pins).toEqual([]);
    expect(screen).toContain('The reader is waiting');
    expect(screen).not.toContain('Tries left');
  });

  it('gets the last try only after consent to it', () => {
    pad({ lastTry: true, attemptsRemaining: 1 });
    press('enter');
    expect(calls).toEqual([]);
    press('l', 'a', 's', 't', 'enter', 'enter');
    expect(calls).toEqual([wish(true)]);
  });

  it.each(['t', 'T'])('is not used after %s, for this order', (key) => {
    pad();
    press(key, '8', 'enter');
    expect(pins).toMatchObject([{ digits: '8' }]);
    pad({ ticket: 'b'.repeat(32) });
    expect(screen).toMatch(/^PIN: $/m);
    pad({ promptId: 'p2', ticket: 'c'.repeat(32) });
    expect(screen).toContain('Press Enter here');
  });

  it('asks anew when the daemon did not take the wish', async () => {
    accepts = false;
    pad();
    press('enter');
    await new Promise((resolve) => setImmediate(resolve));
    expect(screen).toContain('Press Enter here');
    expect(screen).toContain('was not used');
  });

  it('takes no key but Escape while it waits, and the question that follows is listened to at once', () => {
    pad({ state: 'pinPad' });
    expect(screen).toContain('Cancel on the reader');
    press('8', 'enter', 'tab', 't', 'escape');
    expect(calls).toEqual([['prompt.cancel', { promptId: 'p1' }]]);
    now += 500;
    tell('prompt.show', wire({ pinPad: true, ticket: 'b'.repeat(32) }));
    press('enter');
    expect(calls).toHaveLength(2);
  });
});

describe('a login that is only starting', () => {
  it('is cancelled by Escape and takes no other key', () => {
    tell('prompt.begin', { promptId: 'p7' });
    press('1', 'enter', 'tab', 'escape');
    expect(calls).toEqual([['prompt.cancel', { promptId: 'p7' }]]);
    expect(screen).toContain('Esc cancels');
  });
});

describe('cards that come and go while a PIN is typed', () => {
  const [one] = promptView('p1').candidates;
  const other = { ...one!, id: 'c2', tokenLabel: 'Another 940', reader: 'Reader 2' };
  const cards = (...candidates: WirePrompt['candidates'][number][]): void => tell('prompt.show', wire({ candidates }));

  it('are told of, and change nothing of the entry', () => {
    cards(one!);
    now += 500;
    press('8');
    cards(one!, other);
    expect(screen).toContain('One more card was inserted: Another 940 (reader Reader 2).');
    press('3', 'enter');
    expect(pins).toMatchObject([{ digits: '83' }]);
  });

  it('are told of no longer when they have gone', () => {
    cards(one!);
    cards(one!, other);
    cards(one!);
    expect(screen).not.toContain('Another 940');
  });

  it('give no number another meaning unseen', () => {
    cards(one!, { ...other, id: 'c3' });
    now += 500;
    press('tab');
    cards(one!, other, { ...other, id: 'c3' });
    press('2');
    expect(calls).toEqual([]);
    now += 500;
    press('2');
    expect(calls).toEqual([['prompt.choose', { ticket: 'a'.repeat(32), candidateId: 'c2' }]]);
  });

  it('are told from other certificates of the same card', () => {
    for (const [language, card, certificate] of [
      ['sv', 'Tabb byter kort', 'Tabb byter certifikat'],
      ['en', 'Tab changes card', 'Tab changes certificate'],
    ] as const) {
      const look = { language, color: false };
      const shown = (change: Partial<WirePrompt>): string =>
        screenLines({ ...askedScreen, onPinPad: change.pinPad === true, view: wire(change) }, look, size).lines.join(
          '\n',
        );
      const same = { ...one!, id: 'c2', level: 2 as const };
      for (const change of [{}, { pinPad: true }, { state: 'explain' as const }]) {
        expect(shown({ ...change, candidates: [one!, same] })).toContain(certificate);
        expect(shown({ ...change, candidates: [one!, same, other] })).toContain(card);
        expect(shown({ ...change, candidates: [one!, { ...same, reader: 'Reader 2' }] })).toContain(card);
        expect(shown({ ...change, candidates: [one!] })).not.toMatch(/Tabb? /);
      }
    }
  });

  it('can be taken where something is explained', () => {
    tell(
      'prompt.show',
      wire({ state: 'explain', candidates: [one!, other], problem: { code: 'pinBlocked', fields: {} } }),
    );
    now += 500;
    expect(screen).toContain('Tab changes card');
    press('tab', '2');
    expect(calls).toEqual([['prompt.choose', { ticket: 'a'.repeat(32), candidateId: 'c2' }]]);
  });
});

it('Enter without a code says that the code comes first, until one is typed, and sends nothing', () => {
  tell('prompt.show', wire());
  now += 500;
  press('enter');
  expect(screen).toContain('Nothing is typed yet: type the code first. No try was used.');
  press('8');
  expect(screen).not.toContain('Nothing is typed');
  press('backspace', 'enter');
  expect(screen).toContain('Nothing is typed yet');
  expect([pins, calls]).toEqual([[], []]);
});

describe('a card that is being read', () => {
  it('is said to be', () => {
    tell('prompt.show', wire({ state: 'noCard', candidates: [], chosen: undefined, reading: true }));
    expect(screen).toMatch(/^Reading the card/m);
    tell('prompt.show', wire({ state: 'choose', chosen: undefined, reading: true }));
    expect(screen).toMatch(/^One more card is being read/m);
  });
});

it('a card that another program holds is said with the names of the programs, and tried again on Enter', () => {
  tell('prompt.show', wire({ state: 'explain', problem: { code: 'ERR_CARD_BUSY', fields: { programs: 'firefox' } } }));
  now += 500;
  expect(screen).toContain('another program (firefox)');
  expect(screen).toContain('Enter tries again');
  press('enter');
  expect(calls).toEqual([['prompt.acknowledge', { ticket: 'a'.repeat(32) }]]);
});

it('a request that comes meanwhile is told of', () => {
  tell('prompt.show', wire());
  const { relyingParty } = promptView('p2');
  tell('prompt.waiting', { waiting: [{ promptId: 'p2', relyingParty, purpose: 'auth', launcher: 'page' }] });
  expect(screen).toContain('One more request is waiting.');
});

describe('a text that has to be read', () => {
  const text = Array.from({ length: 100 }, (_, index) => `Paragraph ${index + 1}.`).join('\n');
  const acknowledged = ['prompt.acknowledge', { ticket: 'a'.repeat(32) }];
  const read = (change: Partial<WirePrompt> = {}): void => {
    const documents = [{ label: 'Certificate 7', digest: `sha256:${'ab'.repeat(32)}` }];
    tell('prompt.show', wire({ state: 'read', purpose: 'sign', visibleText: text, documents, ...change }));
    now += 500;
  };

  it('is acknowledged only when its last row has stood on the screen', () => {
    read();
    expect(screen).toMatch(/^The service writes:\n {2}\| Paragraph 1\.$/m);
    expect(screen).toContain('Read on to the last row');
    press('enter', ' ', 'enter', 'pageDown', 'enter', 'down', 'enter');
    expect(screen).not.toContain('sha256');
    expect(calls).toEqual([]);
    press('pageDown', ' ', ' ');
    expect(screen).toMatch(/Rows \d+–(\d+) of \1$/m);
    expect(screen).toContain('sha256:abab');
    expect(screen).toContain('Enter: I have read all of it');
    press('up', 'pageUp', 'pageUp', 'enter');
    expect(calls).toEqual([acknowledged]);
  });

  it('stays where it is while other cards come and go, and begins anew for the next order', () => {
    read();
    press(' ');
    const [first] = /Paragraph \d+/.exec(screen) ?? [];
    read({ waitingOrders: 1, askedAgain: true });
    expect(screen).toContain(`${first}.`);
    expect(screen).toContain('asked for something once more');
    expect(screen).not.toMatch(/\| Paragraph 1\.$/m);
    read({ promptId: 'p2', ticket: 'b'.repeat(32) });
    expect(screen).toMatch(/\| Paragraph 1\.$/m);
    press('enter');
    expect(calls).toEqual([]);
  });

  it('takes no digit for anything, lists the certificates on Tab, and cancels on Escape', () => {
    const [one] = promptView('p1').candidates;
    read({ candidates: [one!, { ...one!, id: 'c2', tokenLabel: 'Other 940' }] });
    press('8', '1', 'tab');
    expect(screen).toContain('2  Tolvan Tolvansson: Other 940');
    press('escape');
    expect(screen).toContain('| Paragraph 1.');
    press('tab', '2', 'escape');
    expect(pins).toEqual([]);
    expect(calls).toEqual([
      ['prompt.choose', { ticket: 'a'.repeat(32), candidateId: 'c2' }],
      ['prompt.cancel', { promptId: 'p1' }],
    ]);
  });

  it('is short where it fits whole', () => {
    read({ visibleText: 'I agree.' });
    press('enter');
    expect(calls).toEqual([acknowledged]);
  });
});

describe('a login that a download of our own asks for', () => {
  const own = { own: true, launcher: 'process', origin: undefined, confirmationCode: undefined } as const;

  it('says so, and shows no code, since there is no page to compare it with', () => {
    const name = { sv: 'TEST utfärdaren', en: 'TEST issuer' };
    tell('prompt.show', wire({ ...own, relyingParty: { name, registeredBy: 'sandbox' } }));
    expect(screen).toContain('  (part of the sandbox)\n  From: a certificate download, here on this computer\n');
    expect(screen).not.toMatch(/code|NO BROWSER/i);
  });
});

describe('a code that has to be typed', () => {
  const code = (change: Partial<WirePrompt> = {}): void => {
    tell(
      'prompt.show',
      wire({ state: 'code', confirmationCode: undefined, launcher: 'scheme', origin: undefined, ...change }),
    );
    now += 500;
  };

  it('stands on the screen in capitals as it is typed, and is sent once', () => {
    code();
    expect(screen).toContain('From: a link on this computer');
    expect(screen).toContain('NO BROWSER can prove');
    press('enter', 'a', 'b', '2', '!', '4', 'backspace', '3');
    expect(screen).toMatch(/\(not your PIN\): AB23$/m);
    press('enter', 'enter');
    expect(calls).toEqual([['prompt.typeCode', { ticket: 'a'.repeat(32), code: 'AB23' }]]);
    expect(pins).toEqual([]);
  });

  it('is typed anew when it was wrong, and when the daemon did not take it', async () => {
    accepts = false;
    code({ pinPad: true });
    press('a', 'enter');
    await new Promise((resolve) => setImmediate(resolve));
    expect(screen).toContain('The confirmation code was not used');
    expect(screen).toMatch(/\(not your PIN\): $/m);
    const problem = { code: 'ERR_OOB_CONFIRMATION_CODE', fields: { attemptsRemaining: 2 } };
    code({ ticket: 'b'.repeat(32), problem });
    expect(screen).toContain("The code is not the one that the service's page shows. 2 tries left.");
  });
});

describe('a signature', () => {
  const sign = (change: Partial<WirePrompt> = {}): void => {
    const documents = [
      { label: 'One', digest: 'sha256:aa' },
      { label: 'Two', digest: 'sha256:bb' },
    ];
    tell('prompt.show', wire({ purpose: 'sign', visibleText: 'I agree.', documents, pinRole: 'signature', ...change }));
    now += 500;
  };

  it('asks for the PIN for signatures by its name, and says how many documents it signs', () => {
    sign({ documentsNow: 2 });
    expect(screen).toContain('wants you to sign documents (signature)');
    expect(screen).toContain('The PIN signs all 2 documents.');
    expect(screen).not.toContain('is signed');
    expect(screen).toMatch(/^Signature PIN \(the card's second PIN\): $/m);
    sign({ documentsNow: 1, documentsSigned: 1, ticket: 'b'.repeat(32) });
    expect(screen).toContain('Document 1 of 2 is signed. Type the PIN for the next one.');
    expect(screen).toMatch(/^The PIN now signs document 2 of 2, which the service calls:\n {2}\| Two$/m);
    sign({ documentsNow: 2, pinRole: 'authentication', ticket: 'c'.repeat(32) });
    expect(screen).toMatch(/^PIN: $/m);
  });

  it('ends with what was signed, or with nothing', () => {
    sign();
    tell('prompt.close', { promptId: 'p1', outcome: { status: 'complete' } });
    expect(screen).toContain('Done: you have signed 2 documents for Example Clinic.');
    sign({ documentsSigned: 1 });
    tell('prompt.close', { promptId: 'p1', outcome: { status: 'failed', hintCode: 'userCancel' } });
    expect(screen.replaceAll(/\n\s*/g, ' ')).toContain(
      'The signature for Example Clinic did not go through. You cancelled the signature. No signatures were handed out.',
    );
    sign();
    tell('prompt.close', { promptId: 'p1', outcome: { status: 'failed', hintCode: 'wrongCode' } });
    expect(screen).toContain('The confirmation code was wrong three times.');
  });
});

describe('certificates that do not fit', () => {
  const unfit = (['level', 'expired', 'usage', 'person', 'issuer', 'untrusted', 'no-key'] as const).map((reason) => ({
    reader: 'Reader 2',
    tokenLabel: `Card ${reason}`,
    holder: 'Tolvan Tolvansson',
    level: reason === 'level' ? (2 as const) : undefined,
    notAfter: Date.UTC(reason === 'expired' ? 2020 : 2090, 0, 2),
    reason,
  }));

  it('are listed with their levels, until when, and why, where nothing fits', () => {
    const problem = { code: 'levelNotMet', fields: {} };
    tell('prompt.show', wire({ state: 'explain', candidates: [], chosen: undefined, unfit, problem }));
    for (const fact of [
      'Tolvan Tolvansson: Card level (Reader 2)',
      'does not have the assurance level that the service requires (assurance level 2 · valid until 2090-01-02)',
      'has expired (valid until 2020-01-02)',
      'is not for signing in',
      'the service asks for another person',
      'the service does not accept its issuer',
      'its issuer is not trusted on this computer',
      'its key is not there, or cannot do this',
      'Insert another card with assurance level 3, or close.',
    ]) {
      expect(screen.replaceAll(/\n\s*/g, ' ')).toContain(fact);
    }
  });

  it('can be looked at with Tab while a PIN is asked for, which no number changes', () => {
    tell('prompt.show', wire({ unfit }));
    now += 500;
    expect(screen).not.toContain('Card level');
    expect(screen).toContain('Tab shows what else there is');
    press('tab', '2');
    expect(screen).toContain('Card level');
    expect(screen).toContain('There is nothing else to choose.');
    press('escape', '8');
    expect(screen).toMatch(/^PIN: •$/m);
    expect(calls).toEqual([]);
  });

  it.each([
    ['only-one', 'the only one that fitted'],
    ['last-time', 'you used it for this service last time'],
    ['first-on-card', 'valid longest'],
    ['by-user', 'You chose it'],
  ] as const)('leave one that was chosen for a reason: %s', (chosenBecause, words) => {
    tell('prompt.show', wire({ chosenBecause }));
    expect(screen).toContain(words);
  });
});

it('waiting orders are told apart by what they are for and where they come from', () => {
  const { relyingParty } = promptView('p2');
  const waiting = [
    { promptId: 'p2', relyingParty, purpose: 'auth', launcher: 'page', origin: 'https://a.example' },
    { promptId: 'p3', relyingParty, purpose: 'sign', launcher: 'scheme' },
    { promptId: 'p4', relyingParty, purpose: 'sign', launcher: 'process' },
  ];
  tell('prompt.waiting', { waiting });
  expect(screen).toContain('1  Example Clinic (authentication, https://a.example)');
  expect(screen).toContain('2  Example Clinic (signature, a link on this computer)');
  expect(screen).toContain('3  Example Clinic (signature, a program on this computer)');
});

it('a number opens no other waiting order than the one that stood there', () => {
  const { relyingParty } = promptView('p2');
  const [two, three] = ['p2', 'p3'].map((promptId) => ({ promptId, relyingParty, purpose: 'auth', launcher: 'page' }));
  tell('prompt.waiting', { waiting: [two, three] });
  tell('prompt.waiting', { waiting: [three] });
  press('1');
  expect(calls).toEqual([]);
  now += 500;
  tell('prompt.waiting', { waiting: [three, two] });
  press('1');
  expect(calls).toEqual([['prompt.pick', { promptId: 'p3' }]]);
});

describe('of more than nine', () => {
  const { relyingParty } = promptView('p2');
  const orders = (count: number): readonly unknown[] =>
    Array.from({ length: count }, (_, at) => ({
      promptId: `w${at + 1}`,
      relyingParty: { ...relyingParty, name: { sv: `S${at + 1}`, en: `S${at + 1}` } },
      purpose: 'auth',
      launcher: 'page',
    }));

  it('waiting orders each can be opened, and the screen says how', () => {
    tell('prompt.waiting', { waiting: orders(12) });
    expect(screen).toMatch(/ 9 {2}S9 /);
    expect(screen).not.toContain('S10');
    expect(screen).toContain('1 to 9 of 12 · Space shows more');
    press(' ');
    expect(screen).toMatch(/ 1 {2}S10 [^]* 3 {2}S12 /);
    expect(screen).toContain('10 to 12 of 12');
    press('4');
    expect(calls).toEqual([]);
    press('pageDown', 'pageUp', '3');
    expect(calls).toEqual([['prompt.pick', { promptId: 'w12' }]]);
  });

  it('waiting orders that are fewer again, what is left is listed from its beginning', () => {
    tell('prompt.waiting', { waiting: orders(12) });
    press('right');
    tell('prompt.waiting', { waiting: orders(9) });
    expect(screen).toMatch(/ 1 {2}S1 [^]* 9 {2}S9 /);
    expect(screen).not.toContain('Space shows more');
    now += 500;
    press(' ', '2');
    expect(calls).toEqual([['prompt.pick', { promptId: 'w2' }]]);
  });

  it('certificates each can be chosen', () => {
    size = { columns: 100, rows: 80 };
    const [candidate] = promptView('p1').candidates;
    const candidates = Array.from({ length: 11 }, (_, at) => ({
      ...candidate!,
      id: `c${at + 1}`,
      reader: `R${at + 1}.`,
    }));
    tell('prompt.show', wire({ state: 'choose', candidates }));
    now += 500;
    expect(screen).not.toContain('R10.');
    press(' ');
    expect(screen).toMatch(/R10\.[^]*R11\./);
    expect(screen).not.toContain('R9.');
    press('2');
    expect(calls).toMatchObject([['prompt.choose', { candidateId: 'c11' }]]);
  });

  it('certificates that are fewer again under a new ticket, what is left is listed from its beginning', () => {
    const [candidate] = promptView('p1').candidates;
    const candidates = Array.from({ length: 11 }, (_, at) => ({ ...candidate!, id: `c${at + 1}` }));
    tell('prompt.show', wire({ state: 'choose', candidates }));
    now += 500;
    press(' ');
    tell('prompt.show', { ...wire({ state: 'choose', candidates: candidates.slice(0, 2) }), ticket: 'another' });
    now += 500;
    press('2');
    expect(calls).toMatchObject([['prompt.choose', { candidateId: 'c2' }]]);
  });
});

describe('what is known of revocation', () => {
  const [candidate] = promptView('p1').candidates;
  const at = '2026-05-01T10:00:00.000Z';
  const show = (revocation: RevocationState, change: Partial<WirePrompt> = {}): string => {
    tell('prompt.show', wire({ candidates: [{ ...candidate!, revocation }], ...change }));
    return screen;
  };
  const revoked = {
    status: 'revoked',
    checkedAt: at,
    revokedAt: at,
    reason: 'keyCompromise',
    certificate: 'leaf',
  } as const;

  it('stands there before the PIN where it is bad news', () => {
    expect(show(revoked)).toMatch(/^ {2}REVOKED .*keyCompromise$/m);
    expect(show({ ...revoked, certificate: 'issuer' })).toMatch(/^ {2}its issuer is REVOKED/m);
    expect(show({ status: 'unknown', checkedAt: at, reason: 'unreachable' })).toMatch(
      /^ {2}unknown whether it is revoked/m,
    );
  });

  it('stays on the smallest screen where it is revoked', () => {
    size = { columns: 100, rows: 12 };
    expect(show(revoked)).toMatch(/REVOKED/);
    expect(show(revoked, { state: 'choose', chosen: undefined })).toMatch(/^ {5}REVOKED/m);
  });

  it('needs no words where all is well', () => {
    expect(show({ status: 'good', checkedAt: at, validUntil: at })).not.toMatch(/revoked/i);
    expect(show({ status: 'checking' })).not.toMatch(/revoked/i);
  });
});
