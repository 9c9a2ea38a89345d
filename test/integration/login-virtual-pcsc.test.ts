import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import { createSandboxCa, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { PrivateHome, startDaemon } from '../support/daemon.js';
import { startLoginBench, type LoginBench } from '../support/login-bench.js';
import {
  addPersonCard,
  readerNames,
  startVirtualReaders,
  type PersonCard,
  type VirtualReaders,
} from '../support/virtual-readers.js';

/*
 * The whole path by the built daemon in a process of its own: HTTP, gate, order, prompt, PIN frame, libpcsclite,
 * virtual PC/SC service, virtual card; the answer verified as an IdP would.
 */
const [first, second] = readerNames;
const home = new PrivateHome();
let readers: VirtualReaders;
let ca: SandboxCa;
let tolvan: PersonCard;
let tretton: PersonCard;
let bench: LoginBench;

const cardIn = (reader: string) => (status: Awaited<ReturnType<LoginBench['statusUntil']>>) =>
  status.readers.some(({ name, token }) => name === reader && token !== undefined);
const noCardIn = (reader: string) => (status: Awaited<ReturnType<LoginBench['statusUntil']>>) =>
  status.readers.some(({ name, card, token }) => name === reader && card === 'absent' && token === undefined);

beforeAll(async () => {
  readers = await startVirtualReaders(home.folder);
  home.env['PCSCLITE_CSOCK_NAME'] = readers.socketPath;
  ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  tolvan = await addPersonCard(readers.hardware, ca, 'tolvan', { pin: '583017' });
  tretton = await addPersonCard(readers.hardware, ca, 'tretton', { pin: '902846' });
  bench = await startLoginBench({ home, instance: 'login', ca, pin: tolvan.pin });
});

afterEach(async () => {
  for (const name of readerNames) {
    readers.hardware.clearFaults(name);
    readers.hardware.remove(name);
    await bench.statusUntil(noCardIn(name));
  }
  bench.surface.pin = tolvan.pin;
  bench.surface.beforePin = undefined;
  bench.surface.chooses = undefined;
});

afterAll(async () => {
  await bench.daemon.stop();
  await readers.service.close();
  home.remove();
});

async function insert(reader: string, card: PersonCard): Promise<void> {
  readers.hardware.insert(reader, card.name);
  await bench.statusUntil(cardIn(reader));
}

const isVerify = (command: string): boolean => command.startsWith('0020001110');

describe('a login over the virtual PC/SC service', () => {
  it('is verified with person and level from the certificate, within the budget of commands', async () => {
    tolvan.trace.length = 0;
    await insert(first, tolvan);
    // The reads of the certificate need not count, but with them it is within the budget too.
    expect(tolvan.trace.length).toBeLessThanOrEqual(30);
    const { login } = await bench.login();
    expect(login).toMatchObject({
      subject: 'TSTNMT2321000156-1024',
      level: 'http://id.sambi.se/loa/loa3',
      testIssuer: true,
    });
    const { entries } = await bench.daemon.client.request('history.recent', { limit: 1 });
    expect(entries[0]?.event).toMatchObject({ kind: 'login', outcome: 'complete' });
  });

  it('takes at most 7 commands from PIN entry to signature and 1 to drop the PIN state', async () => {
    await insert(first, tolvan);
    let atPin = 0;
    bench.surface.beforePin = () => void (atPin = tolvan.trace.length);
    await bench.login();
    const used = tolvan.trace.slice(atPin);
    expect(used.filter(isVerify)).toHaveLength(1);
    expect(used.length).toBeLessThanOrEqual(8);
    // After the last command the card is not verified: the counter is told, not 9000.
    expect(tolvan.card.process(Uint8Array.of(0x00, 0x20, 0x00, 0x11, 0x00)).response[0]).toBe(0x63);
  });

  it('uses two cards in two readers', async () => {
    await insert(first, tolvan);
    await insert(second, tretton);
    expect((await bench.login(3)).login.subject).toBe('TSTNMT2321000156-1024');
    bench.surface.pin = tretton.pin;
    expect((await bench.login(2)).login.subject).toBe('TSTNMT2321000156-1025');
    expect([tolvan.attemptsRemaining(), tretton.attemptsRemaining()]).toEqual([5, 5]);
  });

  it('answers levelNotMet before any PIN is asked', async () => {
    await insert(second, tretton);
    tretton.trace.length = 0;
    await expect(bench.login(3)).rejects.toMatchObject({ fields: { hintCode: 'levelNotMet' } });
    expect(tretton.trace.filter(isVerify)).toEqual([]);
  });

  it('spends one try for one wrong PIN, asks again, and tells the counter', async () => {
    await insert(first, tolvan);
    bench.surface.shown.length = 0;
    bench.surface.pin = '111111';
    bench.surface.beforePin = (prompt) => {
      if (prompt.problem !== undefined) bench.surface.pin = tolvan.pin;
    };
    await bench.login();
    const again = bench.surface.shown.filter(({ problem }) => problem !== undefined);
    expect(again[0]).toMatchObject({ attemptsRemaining: 4, problem: { code: 'ERR_PIN_WRONG' } });
    expect(tolvan.attemptsRemaining()).toBe(5);
    const { entries } = await bench.daemon.client.request('history.recent', { limit: 4 });
    const tries = entries.map(({ event }) => event).filter(({ kind }) => kind === 'pin-try');
    expect(tries).toMatchObject([{ outcome: 'wrong' }, { outcome: 'accepted' }]);
  });
});

describe('a card that is pulled', () => {
  it('before any single command of a login ends it with cardRemoved, loses no try, and works when it is back', async () => {
    await insert(first, tolvan);
    tolvan.trace.length = 0;
    await bench.login();
    const commands = tolvan.trace.length;
    expect(commands).toBeGreaterThanOrEqual(8);
    for (let n = 1; n <= commands; n += 1) {
      readers.hardware.armFault(first, { kind: 'remove-before', apdu: n });
      await expect(bench.login(), `command ${n}`).rejects.toMatchObject({ fields: { hintCode: 'cardRemoved' } });
      expect(tolvan.attemptsRemaining(), `command ${n}`).toBe(5);
      await bench.statusUntil(noCardIn(first));
      readers.hardware.clearFaults(first);
      await insert(first, tolvan);
    }
    expect((await bench.login()).login.subject).toBe('TSTNMT2321000156-1024');
  });
});

describe('a card that never answers', () => {
  it('costs its own reader a bounded wait and the others nothing; pulling it brings the reader back', async () => {
    readers.hardware.insert(first, 'tretton');
    readers.hardware.armFault(first, { kind: 'silence', apdu: 1 });
    await insert(second, tolvan);
    // While the first reader's card is silent: logins on the other, and control calls.
    expect((await bench.login()).login.subject).toBe('TSTNMT2321000156-1024');
    await bench.statusUntil(
      ({ readers: all }) => all.some(({ name, card }) => name === first && card === 'unresponsive'),
      40_000,
    );
    expect((await bench.login()).login.subject).toBe('TSTNMT2321000156-1024');
    readers.hardware.remove(first);
    await bench.statusUntil(noCardIn(first));
    await insert(first, tretton);
    bench.surface.pin = tretton.pin;
    expect((await bench.login(2)).login.subject).toBe('TSTNMT2321000156-1025');
  });

  it('does not keep `daemon.stop` from ending the process', async () => {
    readers.hardware.insert(first, 'tretton');
    readers.hardware.armFault(first, { kind: 'silence', apdu: 1 });
    const other = await startDaemon(home, 'stopping', ['--port', '0']);
    await expect.poll(async () => (await other.client.request('status.get', {})).readers.length).toBe(2);
    expect(await other.stop()).toBe(0);
    expect(readers.hardware.state().readers[0]!.card).toBe('tretton');
  });
});
