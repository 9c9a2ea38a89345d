import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CardWorkOutcome, CardWorkRequest } from '../../src/model/card-work.js';
import { sandboxPin } from '../../src/sandbox/sandbox-cards.js';
import { OrderBench, until } from '../support/order-bench.js';
import { startRelyingServer, type RelyingServer } from '../support/relying-server.js';
import { secretOf } from '../support/token-bench.js';

/* A certificate leaves a card and comes back, by the programs as they are installed. */
const cards = ['tolvan-piv', 'tolvan-pkcs15'] as const;
let bench: OrderBench;
let clinic: RelyingServer;
beforeAll(async () => {
  bench = await OrderBench.start();
  clinic = await bench.add(await startRelyingServer({ name: 'clinic', launchers: ['page'] }));
});
afterAll(() => bench.close());
beforeEach(() => {
  bench.willing();
});

const run = async (request: CardWorkRequest, pin: string = sandboxPin): Promise<CardWorkOutcome> => {
  const { operationId, tickets } = await bench.client.request('card.begin', request);
  await bench.client.sendPin(tickets.pin!, secretOf(pin), { lastTryConsent: false });
  return await bench.client.request('card.run', { operationId, lastTryConsent: false });
};
const listed = async (): Promise<readonly string[]> =>
  (await bench.client.request('certificate.list', {})).certificates.map(({ fingerprint }) => fingerprint);
const backups = async () => (await bench.client.request('certificate.backups', {})).backups;
/** The certificate that a login takes now. */
const usedByLogin = async (): Promise<string> => {
  await bench.login(clinic);
  const [last] = await bench.history(1, 'login');
  return last!.certificate;
};

describe.each(cards)('the certificate of %s', (card) => {
  it('is gone for logins once it is removed, outlives the daemon in its copy, and can be put back', async () => {
    await bench.useCards(card);
    const fingerprint = await usedByLogin();
    const before = await bench.tries();

    const question = await bench.client.request('card.begin', { work: 'remove', fingerprint, withKey: false });
    expect(question).toMatchObject({ leaves: { fingerprint }, leavesNoLogin: true, undoable: true });
    expect(await run({ work: 'remove', fingerprint, withKey: false })).toMatchObject({ removed: { fingerprint } });
    expect(await listed()).not.toContain(fingerprint);
    const order = await bench.startPage(clinic, 'auth');
    expect(await bench.collect(order)).toMatchObject({ status: 'failed', hintCode: 'noSuitableCertificate' });

    await bench.killAndStart();
    await bench.useCards(card);
    expect(await backups()).toMatchObject([{ fingerprint, keyKept: true }]);
    expect(await run({ work: 'restore', fingerprint })).toMatchObject({ stored: { fingerprint } });
    expect(await backups()).toEqual([]);
    expect(await usedByLogin()).toBe(fingerprint);
    expect(await bench.tries()).toEqual(before);
    expect(await bench.history(2, 'certificate-removed', 'certificate-restored')).toMatchObject([
      { kind: 'certificate-removed', fingerprint, outcome: 'complete' },
      { kind: 'certificate-restored', fingerprint, outcome: 'complete' },
    ]);
  });
});

describe('card.begin', () => {
  it('leaves a certificate alone whose PIN a login asks for, until that has ended', async () => {
    const [card] = cards;
    await bench.useCards(card);
    const fingerprint = await usedByLogin();
    const asked = bench.pinAsked();
    const order = await bench.startPage(clinic, 'auth');
    const { release } = await asked;
    const request = { work: 'remove', fingerprint, withKey: false } as const;
    await expect(bench.client.request('card.begin', request)).rejects.toMatchObject({
      code: 'ERR_CERT_IN_USE',
      fields: { by: 'login' },
    });
    release();
    expect(await bench.collect(order)).toMatchObject({ status: 'complete' });
    const begun = await until(() => bench.client.request('card.begin', request).catch(() => undefined));
    await bench.client.request('card.cancel', { operationId: begun.operationId });
    expect(await listed()).toContain(fingerprint);
  });

  it('keeps no copy of a certificate that a wrong PIN has left on its card', async () => {
    await bench.useCards(cards[0]);
    const fingerprint = await usedByLogin();
    await expect(run({ work: 'remove', fingerprint, withKey: false }, '000000')).rejects.toMatchObject({
      code: 'ERR_PIN_WRONG',
    });
    expect(await listed()).toContain(fingerprint);
    const folder = join(bench.home.folder, 'state', 'kort', 'sandbox', 'certificates');
    expect(readdirSync(folder).filter((name) => name.startsWith(fingerprint))).toEqual([]);
    await bench.login(clinic);
  });
});
