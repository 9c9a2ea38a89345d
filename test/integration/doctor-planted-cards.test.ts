import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import type { DoctorCheckName } from '../../src/model/doctor.js';
import { createSandboxCa, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import type { VirtualCard } from '../../src/sandbox/virtual-card/virtual-card.js';
import { PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { trustSandboxCa } from '../support/login-bench.js';
import { faultsFound } from '../support/machine-doctor.js';
import { addPersonCard, readerNames, startVirtualReaders, type VirtualReaders } from '../support/virtual-readers.js';

const instance = 'doctor-cards';
const [reader] = readerNames;
const year = 365 * 86_400_000;
let home: PrivateHome;
let ca: SandboxCa;
let readers: VirtualReaders;
let daemon: RunningDaemon;

beforeAll(async () => {
  home = new PrivateHome();
  ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  trustSandboxCa(home, instance, ca);
  readers = await startVirtualReaders(home.folder);
  home.env['PCSCLITE_CSOCK_NAME'] = readers.socketPath;
  daemon = await startDaemon(home, instance, ['--port', '0']);
});
afterAll(async () => {
  await daemon.stop();
  await readers.service.close();
  home.remove();
});
afterEach(() => {
  for (const name of readerNames) readers.hardware.remove(name);
});

/** In time: the daemon reads a card first. */
const found = (only: DoctorCheckName = 'cards') =>
  expect.poll(async () => await faultsFound({ home, instance, only: [only] }));

it('a card of a kind that nobody knows is named with its ATR', async () => {
  readers.hardware.addCard('stranger', strange(Uint8Array.of(0x3b, 0x80, 0x80, 0x01, 0x01)));
  readers.hardware.insert(reader, 'stranger');
  await found().toEqual([{ code: 'cards.unknown', severity: 'warning', fields: { reader, atr: '3b80800101' } }]);
});

it('a card that is upside down is named', async () => {
  readers.hardware.addCard('mute', strange(new Uint8Array()));
  readers.hardware.insert(reader, 'mute');
  await found().toEqual([{ code: 'cards.mute', severity: 'fault', fields: { reader } }]);
});

it('certificates that have ended or have not begun are named', async () => {
  const now = Date.now();
  const more = [
    { notBefore: now - 2 * year, notAfter: now - year },
    { notBefore: now + year, notAfter: now + 2 * year },
  ];
  await addPersonCard(readers.hardware, ca, 'tolvan', { pin: '583017', keyType: 'ec-p256', more });
  readers.hardware.insert(reader, 'tolvan');
  const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
  await found().toMatchObject([
    { code: 'cards.certificate-expired', fields: { card: 'TEST tolvan', date: day(now - year) } },
    { code: 'cards.certificate-future', fields: { card: 'TEST tolvan', date: day(now + year) } },
  ]);
});

it('a certificate whose issuer nobody has configured is named', async () => {
  const other = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  await addPersonCard(readers.hardware, other, 'tretton', { pin: '583017', keyType: 'ec-p256' });
  readers.hardware.insert(reader, 'tretton');
  await found().toMatchObject([{ code: 'cards.certificate-no-level', fields: { card: 'TEST tretton' } }]);
});

it('a card that another program has for itself is named with that program', async () => {
  const elsewhere = new PrivateHome();
  const taken = await startVirtualReaders(elsewhere.folder);
  elsewhere.env['PCSCLITE_CSOCK_NAME'] = taken.socketPath;
  taken.hardware.addCard('held', strange(Uint8Array.of(0x3b, 0x80, 0x80, 0x01, 0x01)));
  taken.hardware.insert(reader, 'held');
  const holder = spawn(
    process.execPath,
    ['--import', support('typescript-loader.mjs'), support('exclusive-program.ts'), reader],
    {
      env: { ...process.env, ...elsewhere.env },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  elsewhere.processes.add(holder);
  await once(holder.stdout, 'data');
  // Only now: whoever comes second gets no card.
  const late = await startDaemon(elsewhere, instance, ['--port', '0']);
  await expect
    .poll(async () => await faultsFound({ home: elsewhere, instance, only: ['other-programs'] }))
    .toContainEqual({
      code: 'other-programs.exclusive',
      severity: 'fault',
      // Its number is another one where /proc is of other processes.
      fields: { reader, programs: expect.stringMatching(/\bnode \(\d+\)/) as string },
    });
  holder.stdin.end();
  await late.stop();
  await taken.service.close();
  elsewhere.remove();
});

const support = (name: string): string => fileURLToPath(new URL(`../support/${name}`, import.meta.url));

/** A card without any application; mute with an empty answer to reset. */
function strange(atr: Uint8Array): VirtualCard {
  const response = Uint8Array.of(0x6a, 0x82);
  return {
    atr,
    protocol: 'T=1',
    process: () => ({ response, keyOperations: 0 }),
    transmit: () => Promise.resolve(response),
    reset: () => undefined,
    powerOff: () => undefined,
  };
}
