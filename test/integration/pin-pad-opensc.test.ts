import { verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PinPadOptions } from '../../src/sandbox/hardware/pin-pad.js';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import {
  startVirtualPcscService,
  type VirtualPcscService,
} from '../../src/sandbox/pcsc-service/virtual-pcsc-service.js';
import { openScModule } from '../support/judge-with-opensc.js';
import { personAtPinPad, type PinPadPerson } from '../support/pin-pad-person.js';
import { runProcess, type ProcessResult } from '../support/run-process.js';
import { fixtureCard, type FixtureCard } from '../support/virtual-card-fixture.js';

const reader = 'TEST Pin Pad 00 00';
const right = { digits: '1234' };
const wrong = { digits: '9999' };
let folder: string;
let env: Record<string, string>;
let hardware: VirtualHardware;
let service: VirtualPcscService;
let fixture: FixtureCard;
let person: PinPadPerson;

const run = (program: string, ...args: string[]): Promise<ProcessResult> =>
  runProcess(program, args, { env, timeoutMs: 20_000 });
const pkcs15 = (...args: string[]): Promise<ProcessResult> => run('pkcs15-tool', '--reader', '0', ...args);
const attemptsRemaining = (): number => fixture.state().pins[0]!.triesLeft;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kort-pad-'));
  const socketPath = join(folder, 'pcscd.comm');
  env = { PCSCLITE_CSOCK_NAME: socketPath, HOME: folder, XDG_CACHE_HOME: folder };
  hardware = new VirtualHardware();
  service = await startVirtualPcscService({ socketPath, readers: hardware });
  fixture = fixtureCard();
  hardware.addCard('tolvan', fixture.card);
});
afterEach(async () => {
  person.leave();
  hardware.remove(reader);
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

function plugIn(pinPad: PinPadOptions): void {
  person = personAtPinPad(hardware.addReader(reader, { pinPad }).pinPad!);
  hardware.insert(reader, 'tolvan');
}

describe.each<[string, PinPadOptions]>([
  ['without a display', {}],
  ['with a display', { display: { lines: 2, columns: 16 }, maxApduDataSize: 0x10000 }],
])('unmodified OpenSC at a virtual keypad %s', (_, pinPad) => {
  beforeEach(() => plugIn(pinPad));

  it('lists it as a PIN pad, with and without a card', async () => {
    expect((await run('opensc-tool', '--list-readers')).stdout).toMatch(/Yes +PIN pad +TEST Pin Pad/);
    hardware.remove(reader);
    expect((await run('opensc-tool', '--list-readers')).stdout).toMatch(/No +PIN pad +TEST Pin Pad/);
  });

  it('verifies the right PIN, and a wrong one costs one try', async () => {
    person.will(right, wrong, right);
    expect(await pkcs15('--verify-pin')).toMatchObject({ code: 0 });
    expect((await pkcs15('--verify-pin')).code).not.toBe(0);
    expect(attemptsRemaining()).toBe(4);
    expect((await pkcs15('--verify-pin')).code).toBe(0);
    expect(attemptsRemaining()).toBe(5);
    expect(person.asked).toEqual(['pin', 'pin', 'pin']);
  });

  it('logs in and signs through PKCS#11', async () => {
    person.will(right);
    writeFileSync(join(folder, 'message'), 'signed after a login at a keypad');
    const [message, signature] = [join(folder, 'message'), join(folder, 'signature')];
    const options = ['--module', openScModule(), '--login', '--sign', '--id', '0001', '-m', 'SHA256-RSA-PKCS'];
    expect(await run('pkcs11-tool', ...options, '-i', message, '-o', signature)).toMatchObject({ code: 0 });
    const { publicKey } = new X509Certificate(fixture.rsa.der);
    expect(verify('sha256', readFileSync(message), publicKey, readFileSync(signature))).toBe(true);
    expect(attemptsRemaining()).toBe(5);
  });

  it.each<['cancel' | 'wait-too-long' | { digits: string }, string]>([
    ['cancel', 'Keypad PIN entry was cancelled|cancel'],
    ['wait-too-long', 'Keypad PIN entry timed out|timed'],
    [{ digits: '12' }, 'length'],
  ])('%j spends no try', async (action, said) => {
    person.will(action);
    const { code, stderr } = await pkcs15('--verify-pin');
    expect(code).not.toBe(0);
    expect(stderr).toMatch(new RegExp(said, 'i'));
    expect(attemptsRemaining()).toBe(5);
  });

  it('changes the PIN when the new one is typed twice alike, and only then', async () => {
    person.will(right, { digits: '567890' }, { digits: '567891' });
    const mismatch = await pkcs15('--change-pin');
    expect(mismatch.code).not.toBe(0);
    expect(mismatch.stderr).toMatch(/match/i);
    person.will(right, { digits: '567890' }, { digits: '567890' });
    expect(await pkcs15('--change-pin')).toMatchObject({ code: 0 });
    expect(person.asked).toEqual(Array.from({ length: 2 }, () => ['current-pin', 'new-pin', 'confirmation']).flat());
    person.will({ digits: '567890' });
    expect((await pkcs15('--verify-pin')).code).toBe(0);
    expect(attemptsRemaining()).toBe(5);
  });

  it('reports a card that is pulled while the keypad waits', async () => {
    person.will(() => hardware.remove(reader));
    expect((await pkcs15('--verify-pin')).code).not.toBe(0);
    expect(attemptsRemaining()).toBe(5);
  });
});
