import { describe, expect, it } from 'vitest';
import type { RevocationState } from '../../../src/model/revocation.js';
import { orderStage, wiped } from '../../support/order-stage.js';

const at = '2026-11-22T12:00:00.000Z';
const revoked: RevocationState = { status: 'revoked', checkedAt: at, revokedAt: at, certificate: 'leaf' };
const unknown: RevocationState = { status: 'unknown', checkedAt: at, reason: 'unreachable' };
const good: RevocationState = { status: 'good', checkedAt: at, validUntil: at };

const fingerprintOf = (entry: ReturnType<ReturnType<typeof orderStage>['card']>): string =>
  entry.certificates![0]!.certificate.fingerprint;

describe('a login whose certificate turns out to be revoked', () => {
  it('asks the user for a choice, and takes the PIN only once it was chosen', async () => {
    const stage = orderStage();
    const card = stage.card('1');
    stage.set(card);
    const running = stage.login();
    expect((await stage.surface.until('pin')).chosenBecause).toBe('only-one');
    stage.learn(fingerprintOf(card), revoked);
    const { candidates } = await stage.surface.until('choose');
    expect(candidates[0]?.revocation).toEqual(revoked);
    expect(stage.requests).toEqual([]);
    stage.surface.answer({ kind: 'choose', candidateId: candidates[0]!.id });
    expect(await stage.surface.until('pin')).toMatchObject({ chosenBecause: 'by-user' });
    // What is known may be old: nobody is kept from trying.
    stage.typePin();
    expect(await running).toMatchObject({ status: 'complete' });
    expect(stage.requests).toHaveLength(1);
  });

  it('goes on with the other card of the same person', async () => {
    const stage = orderStage();
    const [first, second] = [stage.card('1', { person: 'a' }), stage.card('2', { person: 'a' })];
    stage.chosen.clear();
    stage.set(first, second);
    const running = stage.login();
    const { candidates } = await stage.surface.until('choose');
    stage.learn(fingerprintOf(first), revoked);
    const view = await stage.surface.until('pin');
    expect(view.chosen).toBe(candidates.find(({ id }) => id.startsWith('card:2'))?.id);
    expect(view.candidates.map(({ revocation }) => revocation?.status)).toEqual([undefined, 'revoked']);
    stage.surface.answer({ kind: 'cancel' });
    await running;
  });

  it('stays with what the user chose', async () => {
    const stage = orderStage();
    const card = stage.card('1');
    stage.revoked.set(fingerprintOf(card), revoked);
    stage.set(card);
    const running = stage.login();
    const { candidates } = await stage.surface.until('choose');
    stage.surface.answer({ kind: 'choose', candidateId: candidates[0]!.id });
    await stage.surface.until('pin');
    stage.learn(fingerprintOf(card), unknown);
    await stage.surface.until('pin', (view) => view.candidates[0]?.revocation?.status === 'unknown');
    stage.learn(fingerprintOf(card), revoked);
    expect(
      await stage.surface.until('pin', (view) => view.candidates[0]?.revocation?.status === 'revoked'),
    ).toMatchObject({ chosenBecause: 'by-user' });
    stage.surface.answer({ kind: 'cancel' });
    await running;
  });
});

describe('a login of which nobody can say whether its certificate is revoked', () => {
  it('says so, and asks for the PIN all the same', async () => {
    const stage = orderStage();
    const card = stage.card('1');
    stage.set(card);
    const running = stage.login();
    await stage.surface.until('pin');
    stage.learn(fingerprintOf(card), unknown);
    const view = await stage.surface.until('pin', ({ candidates }) => candidates[0]?.revocation !== undefined);
    expect(view).toMatchObject({ chosenBecause: 'only-one', candidates: [{ revocation: unknown }] });
    stage.typePin();
    expect(await running).toMatchObject({ status: 'complete' });
  });

  it('is not shown anew for good news', async () => {
    const stage = orderStage();
    const card = stage.card('1');
    stage.set(card);
    const running = stage.login();
    await stage.surface.until('pin');
    const { length } = stage.surface.views;
    stage.learn(fingerprintOf(card), { status: 'checking' });
    stage.learn(fingerprintOf(card), good);
    const pin = stage.typePin();
    expect(await running).toMatchObject({ status: 'complete' });
    expect(wiped(pin)).toBe(true);
    expect(stage.surface.views.slice(length).every(({ state }) => state === 'working')).toBe(true);
  });
});
