import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import { createSandboxCa, trustPolicyOf, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { createSandboxRelyingParty } from '../../src/sandbox/relying-party.js';
import { PrivateHome, startDaemon, type RunningDaemon } from '../support/daemon.js';
import { trustSandboxCa } from '../support/login-bench.js';
import { openPinentryTerminal } from '../support/pinentry-terminal.js';
import { scanCore } from '../support/scan-core.js';
import type { TmuxTerminal } from '../support/tmux.js';
import {
  addPersonCard,
  readerNames,
  startVirtualReaders,
  type PersonCard,
  type VirtualReaders,
} from '../support/virtual-readers.js';

/* A PIN is planted, typed into a real pinentry, and used by `kortd` with a card in this process. */
const pin = '83917462';
const wrong = '70264915';
const instance = 'planted';
const home = new PrivateHome();
let readers: VirtualReaders;
let ca: SandboxCa;
let card: PersonCard;
let daemon: RunningDaemon;
let terminal: TmuxTerminal;

beforeAll(async () => {
  readers = await startVirtualReaders(home.folder);
  home.env['PCSCLITE_CSOCK_NAME'] = readers.socketPath;
  ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  card = await addPersonCard(readers.hardware, ca, 'tolvan', { pin });
  trustSandboxCa(home, instance, ca);
  terminal = await openPinentryTerminal(home, '/usr/bin/pinentry-curses', 'en');
  daemon = await startDaemon(home, instance, ['--port', '0']);
  readers.hardware.insert(readerNames[0], card.name);
}, 60_000);

afterAll(async () => {
  terminal.close();
  await daemon.stop();
  await readers.service.close();
  home.remove();
});

it('a PIN typed into pinentry is in no memory, file or log of kortd after the login, nor one that was wrong', async () => {
  const party = createSandboxRelyingParty();
  await daemon.client.request('rp.add', { entry: party.entry });
  const { loopback, surfaces } = await daemon.client.request('daemon.status', {});
  expect(surfaces).toBe(1);
  const login = party.login({ port: loopback.port, level: 3, trust: trustPolicyOf(ca) });
  await terminal.until(/Tries left: 5[^]*PIN:/);
  await delay(900);
  terminal.keys(wrong, 'Enter');
  await terminal.until(/Tries left: 4[^]*PIN:/);
  await delay(900);
  terminal.keys(pin, 'Enter');
  expect((await login).login.subject).toBe('TSTNMT2321000156-1024');

  const patterns = Object.fromEntries(
    [pin, wrong].flatMap((code) => [
      [code, Buffer.from(code, 'latin1')],
      [`${code} in UTF-16`, Buffer.from(code, 'utf16le')],
    ]),
  );
  const found = scanCore(daemon.process.pid ?? 0, join(home.folder, 'core'), {
    ...patterns,
    // Shows that the search can find: what the daemon does have in memory.
    control: Buffer.from('Tolvan Tolvansson', 'latin1'),
  });
  expect(found).toEqual(['control']);
  for (const name of readdirSync(home.folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(home.folder, name);
    if (!statSync(path).isFile()) continue;
    for (const code of [pin, wrong]) expect(readFileSync(path).includes(code), path).toBe(false);
  }
  expect(terminal.screen()).not.toContain(pin);
  expect(card.attemptsRemaining()).toBe(5);
}, 60_000);
