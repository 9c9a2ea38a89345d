import { setTimeout as delay } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ResultOf } from '../../src/control-contract/methods.js';
import { systemClock } from '../../src/core/ports.js';
import { createSandboxCa } from '../../src/sandbox/ca/sandbox-ca.js';
import { PrivateHome } from '../support/daemon.js';
import { startLoginBench, type LoginBench } from '../support/login-bench.js';
import {
  addPersonCard,
  readerNames,
  startVirtualReaders,
  type PersonCard,
  type VirtualReaders,
} from '../support/virtual-readers.js';

/* The built daemon, and a card with two certificates for logins over the virtual PC/SC service. */
const instance = 'choice';
const home = new PrivateHome();
let readers: VirtualReaders;
let card: PersonCard;
let other: PersonCard;
let bench: LoginBench;
let clientId: string;

const request: LoginBench['daemon']['client']['request'] = (...args) => bench.daemon.client.request(...args);
const list = async (): Promise<ResultOf<'certificate.list'>['certificates']> =>
  (await request('certificate.list', {})).certificates;
/** Looking whether another program has used the card reads counters alone. */
const unexpected = (): string[] => card.trace.filter((command) => !/^0020....$|^00c[ab]/.test(command));

/** What the last look at the card left under way has ended. */
async function untilStill(): Promise<void> {
  for (let looks = 0; ; looks += 1) {
    card.trace.length = 0;
    await delay(700);
    if (unexpected().length === 0) break;
    if (looks > 40) throw new Error(`the card is never left alone: ${card.trace.join(' ')}`);
  }
  card.trace.length = 0;
}

/** Of what {@link LoginBench.login} asks for. */
const why = () => request('certificate.why', { clientId, levels: [3] });

beforeAll(async () => {
  readers = await startVirtualReaders(home.folder);
  home.env['PCSCLITE_CSOCK_NAME'] = readers.socketPath;
  const ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  const pin = '583017';
  const more = [{ keyType: 'ec-p256', organization: 'TEST Nord' }] as const;
  card = await addPersonCard(readers.hardware, ca, 'tolvan', { pin, keyType: 'ec-p256', more });
  other = await addPersonCard(readers.hardware, ca, 'tretton', { pin: '902846', keyType: 'ec-p256', level: 3 });
  bench = await startLoginBench({ home, instance, ca, pin });
  readers.hardware.insert(readerNames[0], card.name);
  await bench.statusUntil(({ readers: [first] }) => first?.token?.certificates.length === 2);
  [{ clientId } = { clientId: '' }] = (await request('rp.list', {})).relyingParties;
});
beforeEach(async () => {
  await request('certificate.unprefer', {});
  await request('certificate.unprefer', { clientId });
  bench.surface.shown.length = 0;
});
afterAll(async () => {
  await bench.daemon.stop();
  await readers.service.close();
  home.remove();
});

describe('certificate.prefer', () => {
  it('changes what a login offers first, what why says and what others see, and nothing on the card', async () => {
    const [usual, next] = (await list()).map(({ fingerprint }) => fingerprint);
    expect(await why()).toMatchObject({
      certificates: [
        { fingerprint: usual, placedBy: 'usual' },
        { fingerprint: next, placedBy: 'usual' },
      ],
      chosen: { fingerprint: usual, because: 'first-on-card' },
      rules: [],
      brokenFiles: [],
    });

    await untilStill();
    const before = structuredClone(card.store.load());
    const { rules } = await request('certificate.prefer', { fingerprint: next!.slice(0, 12), clientId });
    expect(rules).toEqual([{ relyingParty: clientId, purpose: 'auth', prefer: { fingerprint: next }, source: 'user' }]);
    expect(await why()).toMatchObject({
      certificates: [
        { fingerprint: next, placedBy: 'rule-for-party' },
        { fingerprint: usual, placedBy: 'usual' },
      ],
      chosen: { fingerprint: next, because: 'preferred' },
      rules,
    });
    await request('certificate.prefer', { fingerprint: next! });
    expect((await list()).map(({ fingerprint, preferred }) => [fingerprint, preferred])).toEqual([
      [next, true],
      [usual, false],
    ]);
    expect(card.store.load()).toEqual(before);
    expect(unexpected()).toEqual([]);

    await bench.login();
    const asked = bench.surface.shown.find(({ state }) => state === 'pin');
    expect(asked?.candidates.map(({ id }) => id.split('/')[1])).toEqual([next, usual]);
    expect(asked).toMatchObject({ chosenBecause: 'preferred' });
    expect(asked?.chosen).toContain(next);
    const { entries } = await request('history.recent', { limit: 1 });
    expect(entries[0]?.event).toMatchObject({ kind: 'login', outcome: 'complete', certificate: next });
    expect(card.store.load().files).toEqual(before.files);
  });

  it('weighs more than the last login, which counts again without it', async () => {
    const [usual, next] = (await list()).map(({ fingerprint }) => fingerprint);
    await bench.login();
    expect((await why()).chosen).toMatchObject({ fingerprint: next, because: 'last-time' });
    await request('certificate.prefer', { fingerprint: usual! });
    expect((await why()).chosen).toMatchObject({ fingerprint: usual, because: 'preferred' });
    await request('certificate.unprefer', {});
    expect((await why()).chosen).toMatchObject({ fingerprint: next, because: 'last-time' });
  });

  it('keeps the wish in a file of its own', async () => {
    const [, next] = await list();
    await request('certificate.prefer', { fingerprint: next!.fingerprint, clientId });
    const path = join(home.folder, 'config', 'kort', instance, 'choice.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      rules: [{ relying_party: clientId, purpose: 'auth', prefer: { fingerprint: next!.fingerprint } }],
    });
  });

  it('refuses an unknown certificate or relying party', async () => {
    const [first] = await list();
    await expect(request('certificate.prefer', { fingerprint: '0000' })).rejects.toMatchObject({
      code: 'ERR_CERT_NOT_FOUND',
    });
    await expect(
      request('certificate.prefer', { fingerprint: first!.fingerprint, clientId: 'urn:test:nobody' }),
    ).rejects.toMatchObject({ code: 'ERR_CONFIG_NOT_FOUND' });
    await expect(request('certificate.why', { clientId: 'urn:test:nobody' })).rejects.toMatchObject({
      code: 'ERR_CONFIG_NOT_FOUND',
    });
  });
});

describe('with cards of two people', () => {
  it('a preference puts its certificate first, and the user is asked all the same', async () => {
    const [, next] = await list();
    await request('certificate.prefer', { fingerprint: next!.fingerprint, clientId });
    readers.hardware.insert(readerNames[1], other.name);
    await bench.statusUntil(({ readers: [, second] }) => second?.token !== undefined);
    const explanation = await why();
    expect(explanation.chosen).toBeUndefined();
    expect(explanation.certificates).toHaveLength(3);
    expect(explanation.certificates[0]).toMatchObject({ fingerprint: next!.fingerprint });
    bench.surface.chooses = 'Tretton Trettonsson';
    bench.surface.pin = other.pin;
    const tolvansTries = card.attemptsRemaining();
    const { login } = await bench.login();
    expect(login.subject).not.toBe('TSTNMT2321000156-1024');
    expect(card.attemptsRemaining()).toBe(tolvansTries);
    readers.hardware.remove(readerNames[1]);
  });
});
