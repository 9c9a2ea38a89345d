import { Writable } from 'node:stream';
import { createElement } from 'react';
import { render } from 'ink';
import { describe, expect, it } from 'vitest';
import type { StatusReader, StatusReport } from '../../../../src/control-contract/status.js';
import {
  createPinChangeScreen,
  createPinVerifyScreen,
  createUnlockScreen,
} from '../../../../src/tui/screens/pin-screens.js';
import { begunPin, pinCardOf, pinFormat } from '../../../support/begun-pin.js';
import { fails, ScriptedDaemon } from '../../../support/scripted-daemon.js';
import { ScreenHand, type HandPorts } from '../../../support/screen-hand.js';

const changing = begunPin({
  operation: 'change',
  codes: ['current', 'next'],
  tickets: { current: 'aa'.repeat(16), next: 'bb'.repeat(16) },
});
const outcome = { before: { attemptsRemaining: 3, blocked: false }, after: { attemptsRemaining: 5, blocked: false } };

const handAt = (daemon: ScriptedDaemon, ports: HandPorts = {}): ScreenHand =>
  new ScreenHand(undefined, { own: [daemon], ...ports });

describe('createPinChangeScreen()', () => {
  it("shows the user's phrase above the question", async () => {
    const daemon = new ScriptedDaemon().on('pin.begin', () => ({ ...changing, phrase: 'Blå hägrar' }));
    const hand = handAt(daemon, { language: 'sv' });
    hand.open(createPinChangeScreen(hand, { card: 'card:01' }));
    expect(await hand.until(/Nuvarande PIN-kod: $/m)).toMatch(/^Kort: TEST 01[^]*\nDin fras: Blå hägrar\n/m);
  });

  it('shows the card and its tries, takes the codes as dots, and tells the tries before and after', async () => {
    const daemon = new ScriptedDaemon().on('pin.begin', () => changing).on('pin.run', () => outcome);
    const hand = handAt(daemon, { language: 'sv' });
    hand.open(createPinChangeScreen(hand, { card: 'card:01' }));
    const first = await hand.until(/Nuvarande PIN-kod: $/m);
    expect(first).toContain('Kort: TEST 01 (TEST card, nr 01), läsare Reader 01');
    expect(first).toContain('PIN-kod för legitimering: 3 försök kvar');
    hand.type('8351');
    expect(hand.text).toMatch(/Nuvarande PIN-kod: ••••$/m);
    hand.type('\r');
    await hand.until(/Ny PIN-kod \(4 till 8 siffror\): $/m);
    hand.type('246');
    expect(hand.text).toContain('3 tecken: 1 till behövs');
    hand.type('8');
    expect(hand.text).toContain('4 tecken: längden är rätt');
    hand.type('02468');
    expect(hand.text).toContain('9 tecken: 1 för mycket');
    hand.type('\u007f\u007f\u007f\u007f\u007f\r');
    await hand.until(/Ny PIN-kod en gång till: $/m);
    hand.type('1111\r');
    await hand.until(/De två nya koderna är olika[^]*Ny PIN-kod \(/);
    hand.type('2468\r');
    await hand.until(/olika[^]*en gång till: $/m);
    hand.type('2468\r');
    const end = await hand.until(/bytt/);
    expect(end).toContain('✓ PIN-koden är bytt. PIN-kod för legitimering: 5 försök kvar (före: 3).');
    expect(end + hand.screen.linear().join('\n')).not.toMatch(/8351|2468|1111/);
    expect(daemon.pins).toEqual(['aa 8351', 'bb 2468']);
    expect(daemon.calls[0]).toBe('pin.begin {"operation":"change","card":"card:01"}');
    hand.type('\r');
    expect(hand.depth).toBe(0);
  });

  it('says of a code that is too short that it went nowhere, and asks again', async () => {
    const daemon = new ScriptedDaemon().on('pin.begin', () => changing);
    const hand = handAt(daemon);
    hand.open(createPinChangeScreen(hand));
    await hand.until(/Current PIN: $/m);
    hand.type('12\r');
    await hand.until(/It was not sent to the card[^]*Current PIN: $/m);
    expect([daemon.pins, daemon.calls.length]).toEqual([[], 1]);
  });

  it('says at once that a letter is no part of a code of digits, and nothing else of it', async () => {
    const daemon = new ScriptedDaemon().on('pin.begin', () => changing);
    const hand = handAt(daemon);
    hand.open(createPinChangeScreen(hand));
    await hand.until(/Current PIN: $/m);
    hand.type('83x');
    expect(hand.text).toMatch(/Current PIN: •••$\n^3 characters: the code is digits only, erase the rest$/m);
    hand.type('5');
    expect(hand.text).toContain('4 characters: the code is digits only');
    expect(hand.screen.linear()).toContain('the code is digits only, erase the rest');
    hand.type('\u007f');
    expect(hand.text).toContain('digits only');
    hand.type('\u007f');
    expect(hand.text).toMatch(/••$\n^2 characters: 2 more needed$/m);
    hand.type('x51\r');
    await hand.until(/It was not sent to the card[^]*Current PIN: $/m);
    expect(hand.text).not.toContain('digits only');
    expect(daemon.pins).toEqual([]);
  });

  it('says while the card works that it does, and afterwards only of which card what is done', async () => {
    let end: (outcome: unknown) => void = () => undefined;
    const daemon = new ScriptedDaemon()
      .on('pin.begin', () => changing)
      .on('pin.run', () => new Promise((resolve) => (end = resolve)));
    const hand = handAt(daemon);
    hand.open(createPinChangeScreen(hand));
    await hand.until(/Current PIN: $/m);
    hand.type('8351\r');
    await hand.until(/New PIN \(/);
    hand.type('2468\r');
    await hand.until(/once more: $/m);
    hand.type('2468\r');
    const working = await hand.until(/The card is working/);
    expect(working).not.toMatch(/tries left|Current PIN|Enter confirms/);
    end(outcome);
    expect(await hand.until(/✓/)).toBe(
      [
        'Card: TEST 01 (TEST card, no. 01), reader Reader 01',
        '',
        '✓ The PIN is changed. PIN for authentication: 5 tries left (before: 3).',
      ].join('\n'),
    );
  });

  it('sends nothing after Escape at any question, and wipes what was typed', async () => {
    for (const typed of ['', '83', '8351\r', '8351\r24']) {
      const daemon = new ScriptedDaemon().on('pin.begin', () => changing);
      const hand = handAt(daemon);
      hand.open(createPinChangeScreen(hand));
      await hand.until(/Current PIN: $/m);
      for (const part of typed.split(/(?<=\r)/)) {
        hand.type(part);
        if (part.endsWith('\r')) await hand.until(/New PIN/);
      }
      hand.press('escape');
      expect([hand.depth, daemon.pins, hand.said]).toEqual([0, [], ['Cancelled. Nothing was sent to the card.']]);
    }
  });

  it('wipes a half-typed code when a prompt comes in front, and says so', async () => {
    const daemon = new ScriptedDaemon().on('pin.begin', () => changing).on('pin.run', () => outcome);
    const hand = handAt(daemon);
    hand.open(createPinChangeScreen(hand));
    await hand.until(/Current PIN: $/m);
    hand.screen.covered?.();
    expect(hand.text).not.toContain('in between');
    hand.type('99');
    hand.screen.covered?.();
    expect(hand.text).toMatch(/Something else came in between[^]*Current PIN: $/m);
    hand.type('8351\r');
    await hand.until(/New PIN \(/);
    hand.type('2468\r');
    await hand.until(/once more/);
    hand.type('2468\r');
    await hand.until(/is changed/);
    expect(daemon.pins).toEqual(['aa 8351', 'bb 2468']);
  });
});

describe('createPinVerifyScreen()', () => {
  it('says how many tries a wrong PIN leaves, sends nothing by itself, and begins anew on Enter', async () => {
    const first = new ScriptedDaemon()
      .on('pin.begin', () => begunPin())
      .on('pin.run', fails('ERR_PIN_WRONG', { attemptsRemaining: 2, operation: 'verify' }));
    const second = new ScriptedDaemon().on('pin.begin', () => begunPin());
    const hand = handAt(first, { own: [first, second] });
    hand.open(createPinVerifyScreen(hand));
    await hand.until(/Current PIN: $/m);
    hand.type('1111\r');
    const text = await hand.until(/✗/);
    expect(text).toMatch(/Wrong PIN\. 2 tries left\.[^]*What to do: [^]*\(ERR_PIN_WRONG\)/);
    expect([first.pins.length, second.calls, hand.keys.startsWith('Enter try again')]).toEqual([1, [], true]);
    hand.type('\r');
    await hand.until(/Current PIN: $/m);
    expect([first.pins.length, second.pins]).toEqual([1, []]);
  });

  it('says that a PIN is blocked and what opens it', async () => {
    const daemon = new ScriptedDaemon().on('pin.begin', fails('ERR_PIN_BLOCKED', { operation: 'verify' }));
    const unlocking = new ScriptedDaemon().on('pin.begin', fails('ERR_PIN_BLOCKED', { operation: 'unblock' }));
    const hand = handAt(daemon, { own: [daemon, unlocking] });
    hand.open(createPinVerifyScreen(hand, { card: 'card:01' }));
    expect(await hand.until(/✗/)).toMatch(/locked[^]*What to do/);
    expect(hand.text).toMatch(/What to do: Press u to unlock it with the PUK, or contact your helpdesk\.$/m);
    expect(hand.keys).toMatch(/^u Unlock with PUK · PgUp/);
    hand.type('\r');
    expect(hand.text).toMatch(/^✗/m);
    hand.type('u');
    await hand.until(/✗/);
    expect([hand.depth, hand.screen.title, hand.keys.includes('u Unlock')]).toEqual([1, 'Unlock with PUK', false]);
    expect(unlocking.calls).toEqual(['pin.begin {"operation":"unblock","card":"card:01"}']);
  });

  it('says of Enter without a code that the code comes first, until one is typed', async () => {
    const hand = handAt(new ScriptedDaemon().on('pin.begin', () => begunPin()));
    hand.open(createPinVerifyScreen(hand));
    await hand.until(/Current PIN: $/m);
    hand.type('\r');
    expect(hand.text).toMatch(/Current PIN: \nNothing is typed yet: type the code first\. No try was used\.$/);
    expect(hand.screen.linear()).toContain('Nothing is typed yet: type the code first. No try was used.');
    hand.type('8');
    expect(hand.text).not.toContain('Nothing is typed');
  });

  it('has a last try agreed to by a word, and drops a PIN that is typed instead', async () => {
    const daemon = new ScriptedDaemon().on('pin.begin', () => begunPin({ lastTry: true })).on('pin.run', () => outcome);
    const hand = handAt(daemon);
    hand.open(createPinVerifyScreen(hand));
    await hand.until(/LAST TRY[^]*Type LAST to agree to that: $/m);
    hand.type('8351\r');
    expect(hand.text).toMatch(/agree to that: $/m);
    hand.type('last');
    expect(hand.text).toMatch(/agree to that: LAST$/m);
    hand.type('\r');
    await hand.until(/Current PIN: $/m);
    hand.type('8351\r');
    await hand.until(/is right/);
    expect(daemon.calls.at(-1)).toContain('"lastTryConsent":true');
  });

  it('asks which card and which PIN is meant, by number or by moving, and tells of other programs', async () => {
    const foreignTries = [
      { time: '2026-10-01T08:00:00Z', attemptsBefore: 3, attemptsRemaining: 2, programs: ['tool'] },
    ];
    const cards = { cards: [pinCardOf('01'), pinCardOf('02')] };
    const daemon = new ScriptedDaemon()
      .on('pin.begin', fails('ERR_TOKEN_AMBIGUOUS'), fails('ERR_PIN_AMBIGUOUS', { card: 'card:02' }), () =>
        begunPin({ pin: { ...pinCardOf('02').pins[0]!, foreignTries } }),
      )
      .on(
        'pin.list',
        () => cards,
        () => cards,
      );
    const hand = handAt(daemon);
    hand.open(createPinVerifyScreen(hand));
    await hand.until(/Which card\?\n> 1 {2}Card: TEST 01/);
    hand.press('down');
    expect(hand.text).toMatch(/^> 2 {2}Card: TEST 02/m);
    hand.type('\r');
    await hand.until(/Which PIN\?[^]*2 {2}PIN for signature: locked/);
    hand.type('1');
    const text = await hand.until(/Current PIN: $/m);
    expect(text).toContain('Somebody else has used PIN tries: 3 became 2');
    expect(text).not.toContain('Which');
    expect(daemon.calls.filter((call) => call.startsWith('pin.begin')).at(-1)).toContain('"card":"card:02"');
  });

  it('asks nothing where the reader has a keypad, and gives up what waits there on Escape, twice', async () => {
    let fail: (error: unknown) => void = () => undefined;
    const waits = () => new Promise((_resolve, reject) => (fail = reject));
    const daemon = new ScriptedDaemon()
      .on('pin.begin', () => begunPin({ pinPad: true }))
      .on('pin.run', waits)
      .on('pin.cancel', () => ({ accepted: true }));
    const hand = handAt(daemon);
    hand.open(createPinVerifyScreen(hand));
    await hand.until(/Type the PIN on the keypad of the reader\./);
    await expect.poll(() => daemon.calls.at(-1)).toContain('"onPinPad":true');
    expect(hand.screen.busy).toBe(true);
    hand.type('8351');
    hand.press('escape');
    expect([hand.depth, hand.said.at(-1)]).toEqual([
      1,
      'The card is working. Esc once more cancels as soon as that can be done.',
    ]);
    hand.press('escape');
    expect(daemon.calls.at(-1)).toBe('pin.cancel {"operationId":"op"}');
    await fails('ERR_PIN_CANCELLED', { operation: 'verify' })().catch(fail);
    await hand.until(/\(ERR_PIN_CANCELLED\)/);
    expect([hand.screen.busy, daemon.pins]).toEqual([false, []]);
  });

  it('says that the daemon went in the middle of typing, sends nothing, and begins anew with the next one', async () => {
    const first = new ScriptedDaemon().on('pin.begin', () => begunPin());
    const second = new ScriptedDaemon().on('pin.begin', () => begunPin());
    const hand = handAt(first, { own: [first, second] });
    hand.open(createPinVerifyScreen(hand));
    await hand.until(/Current PIN: $/m);
    hand.type('83');
    first.end();
    expect(await hand.until(/ERR_IPC_DAEMON_UNREACHABLE/)).not.toContain('•');
    hand.type('51\r');
    await hand.until(/Current PIN: $/m);
    expect([first.pins, second.pins, hand.text.includes('•')]).toEqual([[], [], false]);
  });

  it('says so when no daemon answers at all', async () => {
    const hand = new ScreenHand(undefined);
    hand.open(createPinVerifyScreen(hand));
    expect(await hand.until(/ERR_IPC_DAEMON_UNREACHABLE/)).toContain('What to do');
  });

  it('says that the card was pulled, and what became of the PIN', async () => {
    const daemon = new ScriptedDaemon()
      .on('pin.begin', () => begunPin())
      .on('pin.run', fails('ERR_CARD_REMOVED', { operation: 'verify', pinEffect: 'unknown' }));
    const hand = handAt(daemon);
    hand.open(createPinVerifyScreen(hand));
    await hand.until(/Current PIN: $/m);
    hand.type('8351\r');
    expect(await hand.until(/✗/)).toMatch(/It is not known whether the\s+card tried the code\.[^]*ERR_CARD_REMOVED/);
  });
});

describe('a card that is pulled while codes are asked for', () => {
  const place = { name: 'Reader 01', card: 'present', sharing: 'unused', token: { id: 'card:01' } } as StatusReader;
  const absent = { name: 'Reader 01', card: 'absent', sharing: 'unused' } as const;
  const other = { ...place, name: 'Reader 02' };

  function shown(hand: ScreenHand, ...readers: readonly StatusReader[]): void {
    hand.status = { readers } as unknown as StatusReport;
    hand.connected(undefined);
  }

  it('is told of at once, what was typed is wiped, and all begins anew in the reader that it comes back into', async () => {
    const first = new ScriptedDaemon().on('pin.begin', () => changing);
    const { card } = changing;
    const second = new ScriptedDaemon()
      .on('pin.begin', () => ({ ...changing, card: { ...card, reader: 'Reader 02' } }))
      .on('pin.run', () => outcome);
    const hand = handAt(first, { own: [first, second] });
    shown(hand, place);
    hand.open(createPinChangeScreen(hand, { card: 'card:01' }));
    await hand.until(/Current PIN: $/m);
    hand.type('8351\r');
    await hand.until(/New PIN \(/);
    hand.type('24');
    shown(hand, absent);
    const pulled = await hand.until(/✗ The card was removed/);
    expect(pulled).not.toMatch(/Reader 01|PIN: |•/);
    hand.type('68q\r');
    expect([hand.depth, hand.text, first.pins]).toEqual([1, pulled, []]);
    shown(hand, absent, other);
    expect(await hand.until(/Current PIN: $/m)).toMatch(/reader\s+Reader 02/);
    hand.type('999\r');
    expect(hand.text).toMatch(/Current PIN: $/m);
    await new Promise((resolve) => setTimeout(resolve, 550));
    hand.type('8351\r');
    await hand.until(/New PIN \(/);
    hand.type('2468\r');
    await hand.until(/once more/);
    hand.type('2468\r');
    await hand.until(/is changed/);
    expect([first.pins, second.pins]).toEqual([[], ['aa 8351', 'bb 2468']]);
  });

  it('is told of when it was moved before anybody could say that it was gone', async () => {
    const hand = handAt(new ScriptedDaemon().on('pin.begin', () => begunPin({ lastTry: true })));
    shown(hand, place, { ...absent, name: 'Reader 02' });
    hand.open(createPinVerifyScreen(hand, { card: 'card:01' }));
    await hand.until(/Type LAST/);
    shown(hand, absent, other);
    await hand.until(/ERR_CARD_REMOVED/);
  });

  it('is not taken for one that is read anew, or that was not shown yet', async () => {
    const hand = handAt(new ScriptedDaemon().on('pin.begin', () => begunPin()));
    shown(hand, absent);
    hand.open(createPinVerifyScreen(hand, { card: 'card:01' }));
    await hand.until(/Current PIN: $/m);
    hand.type('83');
    shown(hand, absent);
    shown(hand, place);
    shown(hand, { name: 'Reader 01', card: 'present', sharing: 'exclusive' });
    shown(hand, place, { ...absent, name: 'Reader 02' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(hand.text).toMatch(/Current PIN: ••$/m);
  });

  it('is no matter once codes have gone to the card, which tells then', async () => {
    let run = (_: unknown): void => undefined;
    const daemon = new ScriptedDaemon()
      .on('pin.begin', () => begunPin())
      .on('pin.run', () => new Promise((resolve) => (run = resolve)));
    const hand = handAt(daemon);
    shown(hand, place);
    hand.open(createPinVerifyScreen(hand, { card: 'card:01' }));
    await hand.until(/Current PIN: $/m);
    hand.type('8351\r');
    await hand.until(/working/);
    shown(hand, absent);
    run(outcome);
    await hand.until(/The PIN is right/);
  });

  it('that was not found is asked about when it comes, once', async () => {
    const missing = new ScriptedDaemon().on('pin.begin', fails('ERR_TOKEN_NOT_FOUND'));
    const missingStill = new ScriptedDaemon().on('pin.begin', fails('ERR_TOKEN_NOT_FOUND'));
    const found = new ScriptedDaemon().on('pin.begin', () => begunPin());
    const hand = handAt(missing, { own: [missing, missingStill, found] });
    shown(hand, absent);
    hand.open(createPinVerifyScreen(hand, { card: 'card:01' }));
    await hand.until(/ERR_TOKEN_NOT_FOUND/);
    shown(hand, { ...place, token: { id: 'card:02' } as StatusReader['token'] });
    expect(missingStill.calls).toEqual([]);
    shown(hand, place);
    await hand.until(/ERR_TOKEN_NOT_FOUND/);
    expect(missingStill.calls).toHaveLength(1);
    shown(hand, place);
    expect(found.calls).toEqual([]);
    shown(hand, absent);
    shown(hand, other);
    await hand.until(/Current PIN: $/m);
  });
});

describe('createUnlockScreen()', () => {
  it('warns of what the PUK costs, asks for it before the new PIN, and keeps to its own rule', async () => {
    const puk = {
      reference: 0x12,
      format: { ...pinFormat, minLength: 8 },
      attemptsRemaining: 2,
      blocked: false,
    } as const;
    const daemon = new ScriptedDaemon()
      .on('pin.begin', () =>
        begunPin({
          operation: 'unblock',
          atStake: 'PUK',
          pin: { ...pinCardOf('01').pins[0]!, attemptsRemaining: 0, blocked: true, puk },
          codes: ['puk', 'next'],
          tickets: { puk: 'cc'.repeat(16), next: 'dd'.repeat(16) },
        }),
      )
      .on('pin.run', () => outcome);
    const hand = handAt(daemon);
    hand.open(createUnlockScreen(hand));
    const text = await hand.until(/^PUK: $/m);
    expect(text).toMatch(/PIN for authentication: locked\nPUK: 2 tries left\nWhen the tries of the PUK run out/);
    hand.type('1234');
    expect(hand.text).toContain('4 characters: 4 more needed');
    hand.type('5678\r');
    await hand.until(/New PIN \(4 to 8 digits\): $/m);
    hand.type('2468\r');
    await hand.until(/once more: $/m);
    hand.type('2468\r');
    await hand.until(/The PIN is unlocked, and the new one applies\./);
    expect(daemon.pins).toEqual(['cc 12345678', 'dd 2468']);
  });
});

describe('the view', () => {
  it.each([
    [80, 20],
    [120, 36],
    [200, 56],
  ])('shows the same rows through ink in %i columns, and no digit of the PIN', async (columns, rows) => {
    const daemon = new ScriptedDaemon().on('pin.begin', () => begunPin());
    const hand = handAt(daemon, { size: { columns, rows } });
    hand.open(createPinVerifyScreen(hand));
    await hand.until(/Current PIN: $/m);
    let drawn = '';
    const out = new Writable({
      write: (chunk, _encoding, done) => {
        drawn += String(chunk);
        done();
      },
    });
    const stdout = Object.assign(out, { columns, rows }) as unknown as NodeJS.WriteStream;
    const app = render(createElement(hand.screen.View, { size: hand.size }), {
      stdout,
      debug: true,
      patchConsole: false,
    });
    for (const digit of '8351') hand.type(digit);
    await expect.poll(() => drawn).toContain('Current PIN: ••••');
    app.unmount();
    for (const row of hand.text.split('\n')) expect(drawn).toContain(row.trimEnd());
    expect(drawn).not.toMatch(/8351|835|351/);
  });

  it('says which rows stand there where not all fit, and keeps the question in sight', async () => {
    const foreignTries = Array.from({ length: 6 }, (_, index) => ({
      time: `2026-10-0${index + 1}T08:00:00Z`,
      attemptsBefore: 3,
      attemptsRemaining: 2,
    }));
    const daemon = new ScriptedDaemon().on('pin.begin', () =>
      begunPin({ pin: { ...pinCardOf('01').pins[0]!, foreignTries } }),
    );
    const hand = handAt(daemon, { size: { columns: 60, rows: 8 } });
    hand.open(createPinVerifyScreen(hand));
    expect(await hand.until(/Current PIN: $/m)).toMatch(/-- rows \d+–(\d+) of \1/);
    hand.press('home');
    expect(hand.text).toMatch(/^Card: TEST 01[^]*-- rows 1–7 of/);
    hand.type('8');
    expect(hand.text).toMatch(/Current PIN: •$/m);
    hand.size = { columns: 200, rows: 50 };
    expect(hand.text).toMatch(/^Card: TEST 01[^]*Current PIN: •$/m);
    hand.size = { columns: 60, rows: 8 };
    expect(hand.text).toMatch(/Current PIN: •$/m);
  });
});
