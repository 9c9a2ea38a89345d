import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import { createSandboxCa, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { kortProgram, type PrivateHome, type RunningDaemon } from '../support/daemon.js';
import { personAtPinPad, type PinPadPerson } from '../support/pin-pad-person.js';
import { openPinStage, pinOn, pinStageCodes, untilRead } from '../support/pin-stage.js';
import { commandsWithCodes } from '../support/spent-codes.js';
import { openTmux, type TmuxTerminal } from '../support/tmux.js';
import { secretOf } from '../support/token-bench.js';
import { addPersonCard, readerNames, type PersonCard, type VirtualReaders } from '../support/virtual-readers.js';

const { pin, next, puk } = pinStageCodes;

let ca: SandboxCa;
let home: PrivateHome;
let readers: VirtualReaders;
let daemon: RunningDaemon;
let card: PersonCard;
let terminals: TmuxTerminal[];

beforeAll(async () => {
  ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
});
beforeEach(async () => {
  terminals = [];
  ({ home, readers, card, daemon } = await openPinStage(ca));
});
afterEach(async () => {
  for (const terminal of terminals) terminal.close();
  await daemon.stop();
  await readers.service.close();
  home.remove();
});

/** The command on a terminal; its exit status is the last line. */
function kort(args: string): TmuxTerminal {
  const command = `${process.execPath} ${kortProgram} --instance pins --no-color ${args}; echo "status: $?"`;
  const terminal = openTmux(command, home.env);
  terminals.push(terminal);
  return terminal;
}
const exit = (code: number): RegExp => new RegExp(`^status: ${code}$`, 'm');
const pinOnCard = (): string => pinOn(card);
const spent = (): readonly string[] => commandsWithCodes(card.trace);
/** Uses tries as another program would. */
const wrong = (count: number): void => {
  for (let time = 0; time < count; time += 1) {
    card.card.process(Buffer.from(`0020001110${'39'.repeat(6)}${'00'.repeat(10)}`, 'hex'));
  }
};

describe('kort pin change', () => {
  it('shows card and tries, asks for three codes as dots, has the new one typed twice alike, and tells the result', async () => {
    const terminal = kort('--lang sv pin change');
    const screen = await terminal.until(/Nuvarande PIN-kod: *$/m);
    expect(screen).toContain('Kort: TEST tolvan (IDPrime 940, nr ');
    expect(screen).toContain('läsare TEST Reader 1');
    expect(screen).toContain('PIN-kod för legitimering: 5 försök kvar');
    terminal.keys(pin, 'Enter');
    await terminal.until(/Ny PIN-kod \(4 till 16 siffror\): *$/m);
    terminal.keys('12', 'Enter');
    await terminal.until(/Koden har fel längd[^]*Ny PIN-kod \(4 till 16 siffror\): *$/m);
    terminal.keys(next, 'Enter');
    await terminal.until(/en gång till: *$/m);
    terminal.keys('999999', 'Enter');
    await terminal.until(/De två nya koderna är olika[^]*Ny PIN-kod \(4 till 16 siffror\): *$/m);
    terminal.keys(next, 'Enter');
    await terminal.until(/olika[^]*en gång till: *$/m);
    terminal.keys(next, 'Enter');
    const end = await terminal.until(exit(0));
    expect(end).toContain('PIN-koden är bytt. PIN-kod för legitimering: 5 försök kvar (före: 5).');
    expect(end).not.toMatch(new RegExp(`${pin}|${next}|999999`));
    expect([pinOnCard(), spent().length]).toEqual([next, 1]);
  });

  it('says how many tries a wrong PIN leaves, and that nothing was changed', async () => {
    const terminal = kort('pin change');
    for (const [question, answer] of [
      [/Current PIN: *$/m, '111111'],
      [/New PIN \([^)]*\): *$/m, next],
      [/New PIN once more: *$/m, next],
    ] as const) {
      await terminal.until(question);
      terminal.keys(answer, 'Enter');
    }
    expect(await terminal.until(exit(4))).toContain('Wrong PIN. 4 tries left. The PIN is not changed.');
    expect([pinOnCard(), card.attemptsRemaining()]).toEqual([pin, 4]);
  });

  it('is cancelled by Ctrl-C and Escape at each question, and sends nothing', async () => {
    card.trace.length = 0;
    const questions = [/Current PIN: *$/m, /New PIN \([^)]*\): *$/m, /New PIN once more: *$/m] as const;
    for (const [index, key] of [
      [0, 'C-c'],
      [1, 'Escape'],
      [2, 'C-c'],
    ] as const) {
      const terminal = kort('pin change');
      for (const question of questions.slice(0, index)) {
        await terminal.until(question);
        terminal.keys(pin, 'Enter');
      }
      await terminal.until(questions[index]);
      terminal.keys('12', key);
      expect(await terminal.until(exit(5))).toContain('ERR_PIN_CANCELLED');
    }
    expect([spent(), card.attemptsRemaining()]).toEqual([[], 5]);
  });

  it('says that the card was pulled while the codes were typed, and that nothing was changed', async () => {
    const terminal = kort('pin change');
    await terminal.until(/Current PIN: *$/m);
    terminal.keys(pin, 'Enter');
    await terminal.until(/New PIN \([^)]*\): *$/m);
    terminal.keys(next, 'Enter');
    await terminal.until(/New PIN once more: *$/m);
    readers.hardware.remove(readerNames[0]);
    await untilRead(daemon, 0);
    terminal.keys(next, 'Enter');
    const end = await terminal.until(exit(3));
    expect(end).toContain('The PIN is not changed.');
    expect(pinOnCard()).toBe(pin);
  });

  it('ends at once when kortd goes while a code is typed', async () => {
    const terminal = kort('pin change');
    await terminal.until(/Current PIN: *$/m);
    terminal.keys('83');
    daemon.process.kill('SIGKILL');
    expect(await terminal.until(exit(7))).toContain('ERR_IPC_DAEMON_UNREACHABLE');
    expect(card.attemptsRemaining()).toBe(5);
  });

  it('gives the terminal back with echo on', async () => {
    const terminal = kort('pin change; stty -a | tr " " "\\n" | grep -x -e -echo -e echo');
    await terminal.until(/Current PIN: *$/m);
    terminal.keys('C-c');
    expect(await terminal.until(exit(0))).toMatch(/^echo$/m);
  });

  it('asks which card is meant where there are two', async () => {
    const other = await addPersonCard(readers.hardware, ca, 'tretton', { pin, keyType: 'ec-p256' });
    readers.hardware.insert(readerNames[1], other.name);
    await untilRead(daemon, 2);
    const terminal = kort('pin verify');
    const screen = await terminal.until(/Press a number/);
    expect(screen).toMatch(/^1 {2}Card: TEST tolvan.*\n(?:.*\n)?2 {2}Card: TEST tretton/m);
    terminal.keys('2');
    await terminal.until(/Card: TEST tretton[^]*Current PIN: *$/m);
    terminal.keys(pin, 'Enter');
    expect(await terminal.until(exit(0))).toContain('The PIN is right.');
    expect(other.trace.length).toBeGreaterThan(0);
  });
});

describe('kort pin verify', () => {
  it('asks for a typed word before the last try', async () => {
    wrong(4);
    const terminal = kort('pin verify');
    const screen = await terminal.until(/Type LAST to agree to that: *$/m);
    expect(screen).toContain('LAST TRY. If it is wrong, the PIN is locked.');
    terminal.keys(pin, 'Enter', 'last', 'Enter');
    await terminal.until(/Current PIN: *$/m);
    expect(card.attemptsRemaining()).toBe(1);
    terminal.keys(pin, 'Enter');
    expect(await terminal.until(exit(0))).toContain('5 tries left (before: 1)');
  });

  it('does not ask for a PIN that is blocked, but says how to unblock it', async () => {
    wrong(5);
    const terminal = kort('pin verify');
    const screen = await terminal.until(exit(4));
    expect(screen).toContain('ERR_PIN_BLOCKED');
    expect(screen).toContain('kort unlock --puk --instance pins');
    expect(screen).not.toContain('Current PIN');
  });
});

describe('kort unlock --puk', () => {
  it('warns of what a wrong PUK can cost, and sets a new PIN', async () => {
    wrong(5);
    const terminal = kort('--lang sv unlock --puk');
    const screen = await terminal.until(/^PUK-kod: *$/m);
    expect(screen).toContain('PIN-kod för legitimering: låst');
    expect(screen).toMatch(/Tar försöken med PUK-koden slut kan kortet aldrig mer\s+låsas upp/);
    terminal.keys(puk, 'Enter');
    await terminal.until(/Ny PIN-kod \([^)]*\): *$/m);
    terminal.keys(next, 'Enter');
    await terminal.until(/en gång till: *$/m);
    terminal.keys(next, 'Enter');
    expect(await terminal.until(exit(0))).toContain('PIN-koden är upplåst, och den nya gäller.');
    expect([pinOnCard(), card.attemptsRemaining()]).toEqual([next, 5]);
  });

  it('tells what a wrong PUK left, next time too, and asks for consent to its last try', async () => {
    for (const left of [4, 3, 2, 1]) {
      await expect(unlockWith('00000000')).rejects.toMatchObject({
        code: 'ERR_PUK_WRONG',
        fields: { attemptsRemaining: left },
      });
    }
    const terminal = kort('unlock --puk');
    const screen = await terminal.until(/Type LAST to agree to that: *$/m);
    expect(screen).toContain('PUK: 1 try left when the card last told');
    expect(screen).toMatch(/LAST TRY of the PUK\. If it is wrong, the card can never again be unlocked/);
    card.trace.length = 0;
    terminal.keys('C-c');
    await terminal.until(exit(5));
    expect(spent()).toEqual([]);
  });

  const unlockWith = async (code: string) => {
    const { client } = daemon;
    const { operationId, tickets } = await client.request('pin.begin', { operation: 'unblock' });
    await client.sendPin(tickets.puk!, secretOf(code), { lastTryConsent: false });
    await client.sendPin(tickets.next!, secretOf(next), { lastTryConsent: false });
    return await client.request('pin.run', { operationId, lastTryConsent: false });
  };
});

describe('a reader with a keypad', () => {
  const keypad = 'TEST Keypad 00 00';
  let person: PinPadPerson;
  beforeEach(async () => {
    person = personAtPinPad(readers.hardware.addReader(keypad, { pinPad: {} }).pinPad!);
    readers.hardware.insert(keypad, card.name);
    const inKeypad = async () =>
      (await daemon.client.request('status.get', {})).readers.find(({ name }) => name === keypad)?.token !== undefined;
    await expect.poll(inKeypad, { timeout: 10_000 }).toBe(true);
  });
  afterEach(() => person.leave());

  it('takes the codes of a change; the terminal asks for none', async () => {
    person.will({ digits: pin }, { digits: next }, { digits: next });
    const terminal = kort('pin change');
    const screen = await terminal.until(exit(0));
    expect(screen).toContain('Type on the keypad of the reader: the current PIN, the new one, and the new one once');
    expect(screen).toContain('The PIN is changed.');
    expect(screen).not.toContain('Current PIN:');
    expect([pinOnCard(), person.asked.length]).toEqual([next, 3]);
  });

  it('is left alone at Ctrl-C, and nothing was spent', async () => {
    const asking = new Promise<void>((resolve) => person.will(() => resolve()));
    const terminal = kort('pin verify');
    await asking;
    terminal.keys('C-c');
    expect(await terminal.until(exit(5))).not.toContain('The PIN is right');
    expect(card.attemptsRemaining()).toBe(5);
  });

  it('is not used when the code shall be typed here', async () => {
    const terminal = kort('pin verify --no-pin-pad');
    await terminal.until(/Current PIN: *$/m);
    terminal.keys(pin, 'Enter');
    await terminal.until(exit(0));
    expect(person.asked).toEqual([]);
  });
});

describe('kort watch', () => {
  it('tells people what happens, until Ctrl-C', async () => {
    const terminal = kort('watch');
    await terminal.until(/TEST Reader 1: the card has been read: TEST tolvan/);
    readers.hardware.remove(readerNames[0]);
    await terminal.until(/TEST Reader 1: the card was removed/);
    readers.hardware.insert(readerNames[0], card.name);
    await terminal.until(/a card was inserted[^]*the card has been read: TEST tolvan/);
    terminal.keys('C-c');
    await terminal.until(/status: 0/);
  });
});
