import { describe, expect, it } from 'vitest';
import type { CertificateInfo } from '../../../src/model/certificate.js';
import type { ChoiceRule } from '../../../src/model/certificate-choice.js';
import type { TokenEntry } from '../../../src/tokens/token-registry.js';
import { orderStage } from '../../support/order-stage.js';

const stage = () => {
  const played = orderStage();
  /** One card with several certificates of one person, the first of which is valid longest. */
  const cardWith = (name: string, fingerprints: readonly string[], person = 'a'): TokenEntry => {
    const entry = played.card(name, { person });
    const held = entry.certificates![0]!;
    const certificates = fingerprints.map((fingerprint, index) => {
      const certificate: CertificateInfo = {
        ...held.certificate,
        fingerprint,
        notAfter: held.certificate.notAfter - index,
        person: { ...held.certificate.person, organization: `TEST ${fingerprint}` },
      };
      return { ...held, certificate };
    });
    return { ...entry, certificates };
  };
  const offered = async (...entries: readonly TokenEntry[]) => {
    played.set(...entries);
    const seen = played.surface.views.length;
    const isNew = () => played.surface.views.length > seen;
    const running = played.login();
    const { candidates, chosen, chosenBecause } = await Promise.any([
      played.surface.until('pin', isNew),
      played.surface.until('choose', isNew),
    ]);
    played.surface.answer({ kind: 'cancel' });
    await running;
    const name = (id: string | undefined) => id?.split('/')[1];
    return { order: candidates.map(({ id }) => name(id)), chosen: name(chosen), because: chosenBecause };
  };
  return { ...played, cardWith, offered };
};

const user = (prefer: ChoiceRule['prefer'], change: Partial<ChoiceRule> = {}): ChoiceRule => ({
  prefer,
  source: 'user',
  ...change,
});
const system = (prefer: ChoiceRule['prefer']): ChoiceRule => ({ prefer, source: 'system' });
const lastTime = (token: string, certificate: string) => ({ token: `card:${token}`, certificate });

describe('a login with rules', () => {
  it('offers and takes the preferred certificate of a card first, and says who wanted it', async () => {
    const { rules, cardWith, offered } = stage();
    const card = cardWith('1', ['x', 'y', 'z']);
    expect(await offered(card)).toEqual({ order: ['x', 'y', 'z'], chosen: 'x', because: 'first-on-card' });
    rules.all = [user({ fingerprint: 'z' })];
    expect(await offered(card)).toEqual({ order: ['z', 'x', 'y'], chosen: 'z', because: 'preferred' });
    rules.all = [system({ organization: 'TEST y' })];
    expect(await offered(card)).toEqual({ order: ['y', 'x', 'z'], chosen: 'y', because: 'rule' });
  });

  it('weighs more than what was used last time', async () => {
    const { rules, cardWith, offered, chosen } = stage();
    chosen.set('urn:test:rp 3', lastTime('1', 'y'));
    const card = cardWith('1', ['x', 'y', 'z']);
    expect(await offered(card)).toMatchObject({ chosen: 'y', because: 'last-time' });
    rules.all = [user({ fingerprint: 'z' })];
    expect(await offered(card)).toMatchObject({ chosen: 'z', because: 'preferred' });
  });

  it('leaves to last time what rules do not tell apart', async () => {
    const { rules, cardWith, offered, chosen } = stage();
    const card = cardWith('1', ['x', 'y', 'z']);
    rules.all = [user({ issuer: 'CN=TEST CA' })];
    chosen.set('urn:test:rp 3', lastTime('1', 'z'));
    expect(await offered(card)).toEqual({ order: ['x', 'y', 'z'], chosen: 'z', because: 'last-time' });
  });

  it('takes the first that a rule leaves over on one card, by that rule', async () => {
    const { rules, cardWith, offered } = stage();
    const card = cardWith('1', ['x', 'y', 'z']);
    const certificates = card.certificates!.map((held, index) => ({
      ...held,
      certificate: { ...held.certificate, issuer: index === 0 ? 'CN=TEST CA' : 'CN=TEST CA 2' },
    }));
    rules.all = [system({ issuer: 'CN=TEST CA 2' })];
    expect(await offered({ ...card, certificates })).toEqual({ order: ['y', 'z', 'x'], chosen: 'y', because: 'rule' });
  });

  it('saves the question between two cards of one person', async () => {
    const { rules, cardWith, offered } = stage();
    const cards = [cardWith('1', ['x']), cardWith('2', ['y'])];
    expect(await offered(...cards)).toMatchObject({ chosen: undefined });
    rules.all = [user({ fingerprint: 'y' })];
    expect(await offered(...cards)).toEqual({ order: ['y', 'x'], chosen: 'y', because: 'preferred' });
  });

  it("never asks for a PIN of one of two people's cards by itself, not by a fingerprint either", async () => {
    const { rules, cardWith, offered } = stage();
    rules.all = [user({ fingerprint: 'y' }, { relyingParty: 'urn:test:rp' })];
    const both = await offered(cardWith('1', ['x'], 'a'), cardWith('2', ['y', 'z'], 'b'));
    expect(both).toEqual({ order: ['y', 'x', 'z'], chosen: undefined, because: undefined });
  });

  it('takes none that is revoked, however preferred, and offers it last', async () => {
    const { rules, revoked, cardWith, offered } = stage();
    const at = '2026-11-22T12:00:00.000Z';
    revoked.set('y', { status: 'revoked', checkedAt: at, revokedAt: at, certificate: 'leaf' });
    rules.all = [user({ fingerprint: 'y' })];
    expect(await offered(cardWith('1', ['x', 'y', 'z']))).toEqual({
      order: ['x', 'z', 'y'],
      chosen: 'x',
      because: 'first-on-card',
    });
    expect(await offered(cardWith('1', ['y']))).toEqual({ order: ['y'], chosen: undefined, because: undefined });
    expect(await offered(cardWith('1', ['x'], 'a'), cardWith('2', ['y'], 'b'))).toMatchObject({ chosen: undefined });
  });

  it('has a preferred card that is still being read wait like any other', async () => {
    const { rules, cardWith, set, login, surface } = stage();
    rules.all = [user({ fingerprint: 'x' })];
    set(cardWith('1', ['x', 'y']), { reader: 'reader 2', state: 'reading' });
    const running = login();
    expect(await surface.until('choose')).toMatchObject({ chosen: undefined, reading: true });
    surface.answer({ kind: 'cancel' });
    await running;
  });
});

describe('a certificate in use', () => {
  it('is the one whose PIN is asked for, until the order ends', async () => {
    const { inUse, cardWith, set, login, surface, typePin } = stage();
    set(cardWith('1', ['x', 'y']));
    const uses = () => ['x', 'y'].filter((fingerprint) => inUse.has('card:1', fingerprint));
    const running = login();
    const { candidates } = await surface.until('pin');
    expect(uses()).toEqual(['x']);
    surface.answer({ kind: 'choose', candidateId: candidates[1]!.id });
    await surface.until('pin', ({ chosen }) => chosen === candidates[1]!.id);
    expect(uses()).toEqual(['y']);
    typePin();
    await running;
    expect(uses()).toEqual([]);
  });
});
