import { beforeEach, describe, expect, it } from 'vitest';
import type { CliPorts } from '../../../src/cli/ports.js';
import { MiddlewareError } from '../../../src/core/errors.js';
import type { Secret } from '../../../src/core/secret.js';
import type { PinCard } from '../../../src/model/pin-care.js';
import { begunPin, pinCardOf, pinFormat } from '../../support/begun-pin.js';
import { runScripted, type CliResult } from '../../support/scripted-cli.js';
import { fails, ScriptedDaemon } from '../../support/scripted-daemon.js';
import { scriptedTerminal, type ScriptedTerminal } from '../../support/scripted-terminal.js';
import { isWiped, secretOf } from '../../support/token-bench.js';

const outcome = { before: { attemptsRemaining: 3, blocked: false }, after: { attemptsRemaining: 5, blocked: false } };

let daemon: ScriptedDaemon;
let terminal: ScriptedTerminal;
let lines: Secret[];
beforeEach(() => {
  daemon = new ScriptedDaemon();
  terminal = scriptedTerminal();
  lines = [];
});
const ports = (): Partial<CliPorts> => ({
  connect: () => Promise.resolve(daemon.client),
  openTerminal: terminal.open,
  hasTerminal: () => true,
  readPinLines: (count) => {
    expect(lines).toHaveLength(count);
    return Promise.resolve(lines);
  },
});
const kort = (...argv: readonly string[]): Promise<CliResult> => runScripted(argv, ports());

describe('the command line', () => {
  it.each([
    [['unlock'], 'say how to unlock the card: --puk'],
    [['pin'], 'a subcommand is missing'],
    [['pin', 'verify', '--pin', 'login'], 'choose authentication or signature'],
    [['pin', 'change', '--pin', '11'], 'such as 0x11'],
    [['pin', 'change', '--card', ''], '"--card" must not be empty'],
    [['pin', 'change', '1234'], 'too many arguments'],
  ])('%j is explained', async (argv, text) => {
    const { code, error, out } = await kort(...argv);
    expect({ code, told: (error + out).includes(text) || (argv.length === 1 && error.includes('Commands:')) }).toEqual({
      code: 2,
      told: true,
    });
  });

  it('needs a terminal or --pin-stdin', async () => {
    const { code, error } = await runScripted(['pin', 'verify'], { ...ports(), hasTerminal: () => false });
    expect([code, error.includes('needs a terminal, or --pin-stdin')]).toEqual([2, true]);
    expect((await kort('pin', 'verify', '--json')).code).toBe(2);
  });

  it('hands on which card and PIN is meant', async () => {
    daemon.on('pin.begin', fails('ERR_TOKEN_NOT_FOUND'), fails('ERR_TOKEN_NOT_FOUND'));
    expect((await kort('pin', 'change', '--card', 'Reader 9', '--pin', 'signature')).code).toBe(3);
    await kort('unlock', '--puk', '--pin', '0x11');
    expect(daemon.calls).toEqual([
      'pin.begin {"operation":"change","card":"Reader 9","role":"signature"}',
      'pin.begin {"operation":"unblock","reference":17}',
    ]);
  });
});

describe('--pin-stdin', () => {
  it('sends each line with its ticket, wipes it, and answers with one JSON document', async () => {
    lines = [secretOf('8351'), secretOf('2468')];
    daemon
      .on('pin.begin', () =>
        begunPin({
          operation: 'change',
          codes: ['current', 'next'],
          tickets: { current: 'cc'.repeat(16), next: 'dd'.repeat(16) },
        }),
      )
      .on('pin.run', () => outcome);
    const { code, out, error } = await kort('pin', 'change', '--pin-stdin', '--json');
    expect({ code, error }).toEqual({ code: 0, error: '' });
    expect(JSON.parse(out)).toEqual({
      operation: 'change',
      card: { id: 'card:01', product: 'TEST card', serial: '01', label: 'TEST 01', reader: 'Reader 01' },
      pin: { reference: 0x11, role: 'authentication' },
      ...outcome,
    });
    expect(daemon.pins).toEqual(['cc 8351', 'dd 2468']);
    expect(lines.map(isWiped)).toEqual([true, true]);
    expect(daemon.calls.at(-1)).toBe(
      'pin.run {"operationId":"op","lastTryConsent":false,"onPinPad":false,"language":"en"}',
    );
  });

  it('does not spend a last try that no person agreed to', async () => {
    lines = [secretOf('8351')];
    daemon.on('pin.begin', () => begunPin({ lastTry: true }));
    const { code, error } = await kort('pin', 'verify', '--pin-stdin');
    expect([code, error.includes('ERR_PIN_LAST_TRY'), daemon.pins, isWiped(lines[0]!)]).toEqual([5, true, [], true]);
  });

  it('wipes the lines when there is no daemon, and when the operation fails', async () => {
    lines = [secretOf('8351')];
    const gone = () => Promise.reject(new MiddlewareError('ERR_IPC_DAEMON_UNREACHABLE', 'TEST'));
    expect((await runScripted(['pin', 'verify', '--pin-stdin'], { ...ports(), connect: gone })).code).toBe(7);
    expect(isWiped(lines[0]!)).toBe(true);
    lines = [secretOf('8351')];
    daemon.on('pin.begin', () => begunPin()).on('pin.run', fails('ERR_PIN_WRONG', { attemptsRemaining: 2 }));
    expect((await kort('pin', 'verify', '--pin-stdin')).code).toBe(4);
    expect(isWiped(lines[0]!)).toBe(true);
  });

  it('does not use the keypad of a reader', async () => {
    lines = [secretOf('8351')];
    daemon.on('pin.begin', () => begunPin({ pinPad: true })).on('pin.run', () => outcome);
    expect((await kort('pin', 'verify', '--pin-stdin')).code).toBe(0);
    expect(daemon.pins).toHaveLength(1);
  });
});

describe('on a terminal', () => {
  it('offers the PINs of a card that has several, and begins with the one that is picked', async () => {
    daemon
      .on('pin.begin', fails('ERR_TOKEN_AMBIGUOUS'), fails('ERR_PIN_AMBIGUOUS', { card: 'card:02' }), () => begunPin())
      .on(
        'pin.list',
        () => ({ cards: [pinCardOf('01'), pinCardOf('02')] }),
        () => ({ cards: [pinCardOf('01'), pinCardOf('02')] }),
      )
      .on('pin.run', () => outcome);
    const ended = kort('pin', 'verify');
    await terminal.until(/1 {2}Card: TEST 01[^]*2 {2}Card: TEST 02[^]*Press a number/);
    terminal.type('2');
    await terminal.until(
      /1 {2}PIN for authentication: 3 tries left\r\n2 {2}PIN for signature: locked[^]*Press a number/,
    );
    terminal.type('1');
    await terminal.until(/Current PIN: \u001b/);
    terminal.type('8351\r');
    expect(await ended).toMatchObject({
      code: 0,
      out: 'The PIN is right. PIN for authentication: 5 tries left (before: 3).\n',
    });
    expect(daemon.calls.filter((call) => call.startsWith('pin.begin'))).toEqual([
      'pin.begin {"operation":"verify"}',
      'pin.begin {"operation":"verify","card":"card:02"}',
      'pin.begin {"operation":"verify","card":"card:02","reference":17}',
    ]);
    expect(terminal.isOpen).toBe(false);
  });

  it('lets the codes be typed on the reader, unless told otherwise', async () => {
    const padded = () => begunPin({ pinPad: true });
    daemon.on('pin.begin', padded, padded).on(
      'pin.run',
      () => outcome,
      () => outcome,
    );
    expect((await kort('pin', 'verify')).code).toBe(0);
    expect(terminal.written).toContain('Type the PIN on the keypad of the reader.');
    expect(daemon.pins).toEqual([]);
    expect(daemon.calls.at(-1)).toContain('"onPinPad":true');

    const ended = kort('pin', 'verify', '--no-pin-pad');
    await terminal.until(/Current PIN: \u001b/);
    terminal.type('8351\r');
    expect((await ended).code).toBe(0);
    expect(daemon.pins).toEqual(['aa 8351']);
  });

  it('says that it waits, and gives the operation up at Ctrl-C', async () => {
    let fail: (error: Error) => void = () => undefined;
    daemon
      .on('pin.begin', () => begunPin())
      .on('pin.run', () => new Promise((_resolve, reject) => (fail = reject)))
      .on('pin.cancel', () => {
        fail(new MiddlewareError('ERR_ABORTED', 'TEST', { fields: { operation: 'verify', pinEffect: 'none' } }));
        return { accepted: true };
      });
    const ended = kort('pin', 'verify');
    await terminal.until(/Current PIN: \u001b/);
    terminal.type('8351\r');
    await terminal.until(/The card is working/);
    daemon.emit('pin.progress', { operationId: 'another', state: 'waiting', openOrders: 0 });
    expect(terminal.written).not.toContain('Waiting ...');
    daemon.emit('pin.progress', { operationId: 'op', state: 'waiting', openOrders: 1 });
    expect(terminal.written).toContain('The card is used by a login or another program. Waiting ...');
    terminal.type('\u0003');
    expect((await ended).code).toBe(5);
    expect(daemon.calls.at(-1)).toBe('pin.cancel {"operationId":"op"}');
  });

  it('says that nobody knows what became of the PIN, and how to find out', async () => {
    daemon
      .on('pin.begin', () => begunPin({ operation: 'change', codes: [], tickets: {} }))
      .on('pin.run', fails('ERR_CARD_REMOVED', { operation: 'change', pinEffect: 'unknown' }));
    const { code, error } = await kort('--instance', 'test', 'pin', 'change');
    expect(code).toBe(3);
    expect(error).toContain('It is not known whether the PIN was changed.');
    expect(error).toContain('"kort pin verify --instance test"');
  });

  it('says that the PIN was changed even where the card went wrong afterwards', async () => {
    daemon
      .on('pin.begin', () => begunPin({ operation: 'change', codes: [], tickets: {} }))
      .on('pin.run', () => ({
        ...outcome,
        after: { blocked: false },
        problem: { code: 'ERR_CARD_REMOVED', fields: {} },
      }));
    const { code, out } = await kort('pin', 'change');
    expect(code).toBe(0);
    expect(out).toMatch(/^The PIN is changed\.\nBut afterwards: The card was removed/);
  });

  it('ends when the daemon goes while a code is typed', async () => {
    daemon.on('pin.begin', () => begunPin());
    const ended = kort('pin', 'verify');
    await terminal.until(/Current PIN: \u001b/);
    terminal.type('83');
    daemon.end();
    expect((await ended).code).toBe(7);
    expect([daemon.pins, terminal.isOpen]).toEqual([[], false]);
  });

  it('tells of open logins, tries of others, and a PUK for a PIN that is not blocked', async () => {
    const tried = { time: '2026-01-02T03:04:05.000Z', attemptsBefore: 5, attemptsRemaining: 3, programs: ['opensc'] };
    const puk = { reference: 0x111, format: pinFormat, blocked: false };
    daemon
      .on('pin.begin', () =>
        begunPin({
          operation: 'unblock',
          atStake: 'PUK',
          codes: [],
          tickets: {},
          pin: { ...pinCardOf('01').pins[0]!, foreignTries: [tried], puk },
          openOrders: 2,
        }),
      )
      .on('pin.run', () => outcome);
    await kort('unlock', '--puk');
    for (const sentence of [
      'The PIN is not locked. You can still set a new one with the PUK.',
      'PUK: tries left unknown (the card tells only when a code is wrong)',
      'can never again be unlocked with codes',
      'Somebody else has used PIN tries: 5 became 3, noticed 2026-01-02',
      'programs that were connected then: opensc',
      '2 logins are open at the same time.',
    ]) {
      expect(terminal.written.replaceAll(/\r\n +/g, ' ')).toContain(sentence);
    }
  });
});

describe('kort pin status', () => {
  it('is a line for each PIN, or JSON', async () => {
    const { pins, ...card } = pinCardOf('01');
    const cards: PinCard[] = [
      {
        ...card,
        pins: [{ ...pins[0]!, lastAcceptedAt: '2026-01-02T03:04:05.000Z' }, pins[1]!],
        problem: { code: 'ERR_CARD_BUSY', fields: {} },
      },
    ];
    daemon.on(
      'pin.list',
      () => ({ cards }),
      () => ({ cards }),
      () => ({ cards: [] }),
    );
    const { out } = await kort('pin', 'status', '--lang', 'sv');
    expect(out).toMatch(/^Kort: TEST 01 \(TEST card, nr 01\), läsare Reader 01$/m);
    expect(out).toMatch(/^ {2}PIN-kod för legitimering: 3 försök kvar · senast rätt 2026-01-02 \d\d:04$/m);
    expect(out).toMatch(/^ {2}PIN-kod för underskrift: låst$/m);
    expect(JSON.parse((await kort('pin', 'status', '--json')).out)).toEqual({ cards });
    expect((await kort('pin', 'status')).out).toBe('No card that can be read is inserted.\n');
  });
});

describe('kort watch', () => {
  it('subscribes anew after it was dropped, and says so in a line', async () => {
    const snapshot = { time: '2026-01-02T03:04:05.000Z', readers: [] };
    const stop = new AbortController();
    daemon.on(
      'events.subscribe',
      () => snapshot,
      () => snapshot,
    );
    const ended = runScripted(['watch'], { ...ports(), interrupted: () => Promise.resolve(stop.signal) });
    await expect.poll(() => daemon.calls.length).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    daemon.emit('card.event', { time: snapshot.time, kind: 'card-inserted', reader: 'Reader' });
    daemon.emit('events.dropped', {});
    await expect.poll(() => daemon.calls.length).toBe(2);
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { event: 'snapshot', ...snapshot },
      { event: 'card-inserted', time: snapshot.time, reader: 'Reader' },
      { event: 'dropped' },
      { event: 'snapshot', ...snapshot },
    ]);
  });
});
