import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import { testPeople } from '../../src/sandbox/ca/person.js';
import { createSandboxCa, issuePerson, type SandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { PrivateHome } from '../support/daemon.js';
import { startLoginBench, type LoginBench } from '../support/login-bench.js';
import { createSoftHsm, type SoftHsm } from '../support/softhsm.js';
import { secretOf } from '../support/token-bench.js';
import {
  addPersonCard,
  readerNames,
  startVirtualReaders,
  type PersonCard,
  type VirtualReaders,
} from '../support/virtual-readers.js';

/*
 * The built daemon with two modules beside its own drivers: SoftHSM, whose token is in no reader, and OpenSC, which
 * sees the very card that the daemon drives itself.
 */
const pin = '482913';
const opensc = '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so';
const home = new PrivateHome();
const [first] = readerNames;
let hsm: SoftHsm;
let readers: VirtualReaders;
let ca: SandboxCa;
let card: PersonCard;
let bench: LoginBench;

beforeAll(async () => {
  hsm = createSoftHsm();
  hsm.initToken('TEST Tretton', pin);
  ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  const { certificate, privateKey } = await issuePerson(ca, { ...testPeople.tretton, keyType: 'rsa', level: 3 });
  hsm.store('TEST Tretton', pin, '01', { der: certificate, privateKey });
  readers = await startVirtualReaders(home.folder);
  home.env['PCSCLITE_CSOCK_NAME'] = readers.socketPath;
  card = await addPersonCard(readers.hardware, ca, 'tolvan', { pin });
  const folder = join(home.folder, 'config', 'kort', 'modules', 'modules.d');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { path, environment } = hsm.module;
  const form = { characters: 'digits', minLength: 6, maxLength: 8 };
  writeFileSync(join(folder, '1-softhsm.json'), JSON.stringify({ path, name: 'SoftHSM', environment, pin: form }));
  writeFileSync(join(folder, '2-opensc.json'), JSON.stringify({ path: opensc, name: 'OpenSC', pin: form }));
  bench = await startLoginBench({ home, instance: 'modules', ca, pin });
});

afterAll(async () => {
  await bench.daemon.stop();
  await readers.service.close();
  hsm.remove();
  home.remove();
});

const tokensOf = (status: Awaited<ReturnType<LoginBench['statusUntil']>>): string[] =>
  status.readers.flatMap(({ token }) => token?.id ?? []);

describe('modules beside our own drivers', () => {
  it('the token of a module is shown and signs in', async () => {
    await bench.statusUntil((status) => tokensOf(status).some((id) => id.startsWith('p11:')), 20_000);
    const { login } = await bench.login();
    expect(login).toMatchObject({ subject: testPeople.tretton.personId, testIssuer: true });
    const { cards } = await bench.daemon.client.request('pin.list', {});
    expect(cards.map(({ id }) => id)).toEqual([expect.stringMatching(/^p11:/)]);
  });

  it('its PIN is changed like that of any card', async () => {
    const { client } = bench.daemon;
    const begun = await client.request('pin.begin', { operation: 'change' });
    await client.sendPin(begun.tickets.current ?? '', secretOf(pin), { lastTryConsent: false });
    await client.sendPin(begun.tickets.next ?? '', secretOf('719355'), { lastTryConsent: false });
    await client.request('pin.run', { operationId: begun.operationId, lastTryConsent: false });
    bench.surface.pin = '719355';
    expect((await bench.login()).login).toMatchObject({ subject: testPeople.tretton.personId });
  });

  it('a card that a module sees too is one card, and is used by our own driver', async () => {
    readers.hardware.insert(first, card.name);
    const own = await bench.statusUntil((status) => tokensOf(status).some((id) => id.startsWith('card:')));
    // OpenSC needs longer than we do to read a card, and then sees it as well.
    await expect.poll(() => card.trace.filter((command) => command.startsWith('00ca9f7f')).length).toBeGreaterThan(1);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const later = await bench.statusUntil(() => true);
    expect(tokensOf(later).toSorted()).toEqual(tokensOf(own).toSorted());
    expect(tokensOf(later).filter((id) => id.startsWith('p11:'))).toHaveLength(1);
    bench.surface.pin = pin;
    bench.surface.chooses = 'Tolvan Tolvansson';
    expect((await bench.login()).login).toMatchObject({ subject: testPeople.tolvan.personId });
    expect(card.attemptsRemaining()).toBe(5);
  });
});
