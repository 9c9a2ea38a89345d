import { describe, expect, it } from 'vitest';
import type { ExpiryState, KnownAuthority, KnownCard } from '../../../../src/model/expiry-memory.js';
import type { RelyingParty } from '../../../../src/model/relying-party.js';
import { expiryReport, type FindingSources } from '../../../../src/operations/expiry/findings.js';
import {
  currentCertificates,
  insertedCards,
  withCards,
  withoutHolders,
} from '../../../../src/operations/expiry/known-cards.js';
import {
  authorities,
  cardEntry,
  certificateInfo,
  dayMs,
  emptyState,
  type TestCertificate,
} from '../../../support/expiry-cards.js';

process.env['TZ'] = 'Europe/Stockholm';

const now = new Date(2027, 0, 10, 12).getTime();
const inDays = (days: number): number => now + days * dayMs;

const ca = (notAfter: number, name = 'TEST CA'): KnownAuthority => ({
  fingerprint: Buffer.from(name.padEnd(32)).toString('hex'),
  name,
  notBefore: inDays(-2000),
  notAfter,
});

function knownCard(
  id: string,
  certificates: readonly TestCertificate[],
  above: readonly KnownAuthority[] = [],
): KnownCard {
  const [card] = insertedCards([cardEntry(id, certificates.map(certificateInfo))], {
    salt: '00',
    find: authorities(...above),
    now,
  });
  if (card === undefined) throw new Error('no card');
  return card;
}

const stateWith = (...cards: readonly KnownCard[]): ExpiryState => ({
  ...emptyState,
  cards: Object.fromEntries(cards.map((card) => [card.id, card])),
});

const report = (state: ExpiryState, more: Partial<FindingSources> = {}) =>
  expiryReport({
    state,
    inserted: new Set(),
    relyingParties: [],
    clockFaults: [],
    actionFor: () => ({ kind: 'none' }),
    now,
    ...more,
  });

const valid = (days: number): TestCertificate => ({ notBefore: inDays(-400), notAfter: inDays(days) });

describe('expiryReport()', () => {
  it('names the earliest end of a certificate, its CAs and its card, soonest first', () => {
    const card = {
      ...knownCard('1', [valid(100)], [ca(inDays(900)), ca(inDays(20), 'TEST Root')]),
      lastDay: '2027-06-01',
    };
    const { findings, urgency } = report(stateWith(card));
    expect(findings.map(({ subject, name, decisive, beside }) => [subject, name, decisive, beside?.subject])).toEqual([
      // The card itself says June.
      ['issuer', 'TEST Root', true, 'card'],
      ['certificate', 'Tolvan Tolvansson', false, 'issuer'],
      ['card', 'Card 1', false, 'issuer'],
      ['issuer', 'TEST CA', false, 'issuer'],
    ]);
    expect(urgency).toBe('soon');
  });

  it('has one end for a CA of several certificates, decisive when it is for one of them', () => {
    const state = stateWith(
      knownCard('1', [valid(20)], [ca(inDays(60))]),
      knownCard('2', [{ ...valid(100), personId: 'other' }], [ca(inDays(60))]),
    );
    const issuers = report(state).findings.filter(({ subject }) => subject === 'issuer');
    expect(issuers.map(({ decisive }) => decisive)).toEqual([true]);
  });

  it('tells of the newest certificate of a person, purpose and level only, on whatever card', () => {
    const state = stateWith(
      knownCard('1', [valid(5), { ...valid(6), purpose: 'sign' }]),
      knownCard('2', [valid(700), { ...valid(7), personId: 'other' }]),
    );
    expect(report(state).findings.map(({ daysLeft, card }) => [daysLeft, card?.label])).toEqual([
      [6, 'Card 1'],
      [7, 'Card 2'],
      [700, 'Card 2'],
    ]);
  });

  it('keeps an end’s id while it ends at the same time, and its series over renewals', () => {
    const before = report(stateWith(knownCard('1', [valid(5)]))).findings[0];
    const same = report(stateWith(knownCard('1', [valid(5)])), { now: inDays(1) }).findings[0];
    const renewed = report(stateWith(knownCard('1', [valid(700)]))).findings[0];
    expect(same?.id).toBe(before?.id);
    expect(renewed?.id).not.toBe(before?.id);
    expect(renewed?.series).toBe(before?.series);
    const noted = (lastDay: string) => report(stateWith({ ...knownCard('1', []), lastDay })).findings[0];
    expect(noted('2027-05-31')?.id).not.toBe(noted('2027-06-30')?.id);
    expect(noted('2027-05-31')?.series).toBe(noted('2027-06-30')?.series);
  });

  it('tells of keys that say when they end, and lets the last of a relying party decide', () => {
    const party = (...keys: object[]): RelyingParty => ({
      clientId: 'urn:test:rp',
      displayName: { sv: 'Kliniken', en: 'The clinic' },
      origins: [],
      jwks: { keys: keys as RelyingParty['jwks']['keys'] },
      acrValues: [],
      issuers: [],
      launchers: [],
      purposes: [],
      endpoints: { pins: [] },
      unbound: false,
      pinForEachDocument: false,
      source: 'system',
    });
    const old = { kid: 'old', exp: inDays(3) / 1000 };
    const next = { kid: 'next', exp: inDays(50) / 1000 };
    const of = (...keys: object[]) =>
      report(emptyState, { relyingParties: [party(...keys)] }).findings.map(({ name, decisive }) => [name, decisive]);
    expect(of(old)).toEqual([['Kliniken / The clinic: old', true]]);
    expect(of(old, next)).toEqual([
      ['Kliniken / The clinic: old', false],
      ['Kliniken / The clinic: next', true],
    ]);
    expect(of(old, { kid: 'for good' })).toEqual([['Kliniken / The clinic: old', false]]);
    expect(of({ kid: 'odd', exp: 'soon' })).toEqual([]);
  });

  it('leaves out keys for decryption alone, and sanitizes names', () => {
    const card = knownCard('1', [
      { ...valid(5), purpose: 'none' },
      { ...valid(6), name: 'Tol\u202evan\u0007' },
    ]);
    expect(report(stateWith(card)).findings.map(({ name }) => name)).toEqual(['Tolvan']);
  });
});

describe('withCards()', () => {
  const inserted = { remember: true, now };

  it('forgets a month after its end, and after its card was seen, what somebody was told of', () => {
    const seen = (days: number, seenAt: number) => ({ ...knownCard('1', [valid(days)]), seenAt: inDays(seenAt) });
    const told = (card: KnownCard): ExpiryState => {
      const id = report(stateWith(card)).findings[0]?.id ?? '';
      return { ...stateWith(card), deliveries: { [id]: { value: 0, at: now, endsAt: now } } };
    };
    const kept = (state: ExpiryState): number => Object.keys(withCards(state, [], inserted).cards).length;
    expect(kept(told(seen(-31, -40)))).toBe(0);
    expect(kept(told(seen(-31, -29)))).toBe(1);
    expect(kept(told(seen(-29, -40)))).toBe(1);
    // Nobody was told: the computer was off when it ended.
    expect(kept(stateWith(seen(-399, -500)))).toBe(1);
    expect(kept(stateWith(seen(-401, -500)))).toBe(0);
    const card = seen(-401, -500);
    expect(withCards(stateWith(card), [card], inserted).cards).toEqual({ 'card:1': card });
  });

  it('forgets a card that another replaced, and what was noted of it', () => {
    const old = { ...knownCard('1', [valid(20)]), lastDay: '2027-05-31' };
    const next = knownCard('2', [valid(700)]);
    expect(Object.keys(withCards(stateWith(old), [next], inserted).cards)).toEqual(['card:2']);
  });

  it('keeps what was noted of a card over its insertions, until a month after', () => {
    const noted = { ...knownCard('1', []), lastDay: '2026-12-31' };
    const state = withCards(stateWith(noted), [knownCard('1', [valid(9)])], inserted);
    expect(state.cards['card:1']).toMatchObject({
      lastDay: '2026-12-31',
      certificates: [{ holder: 'Tolvan Tolvansson' }],
    });
    expect(withCards(stateWith(noted), [], inserted).cards).toHaveProperty('card:1');
    expect(withCards(stateWith(noted), [], { ...inserted, now: inDays(40) }).cards).toEqual({});
  });

  it('gives the same object while nothing is new, so that nothing is written', () => {
    const card = knownCard('1', [valid(9)]);
    const state = withCards(emptyState, [card], inserted);
    expect(withCards(state, [knownCard('1', [valid(9)])], inserted)).toBe(state);
    expect(withCards(state, [], inserted)).toBe(state);
    expect(withCards(state, [knownCard('1', [valid(10)])], inserted)).not.toBe(state);
  });

  it('remembers two thousand cards at most, those that were seen last', () => {
    const cards = Array.from({ length: 2005 }, (_none, index) => ({
      ...knownCard(String(index), [{ ...valid(100), personId: String(index) }]),
      seenAt: now - index,
    }));
    const kept = withCards(stateWith(...cards), [], inserted).cards;
    expect(Object.keys(kept)).toHaveLength(2000);
    expect(kept).not.toHaveProperty('card:2004');
  });
});

describe('withoutHolders()', () => {
  it('keeps the dates that were noted and no certificate', () => {
    const noted = { ...knownCard('1', [valid(9)]), lastDay: '2027-12-31' };
    const { cards } = withoutHolders(stateWith(noted, knownCard('2', [valid(9)])));
    expect(cards).toEqual({ 'card:1': { ...noted, certificates: [] } });
  });
});

describe('currentCertificates()', () => {
  it('takes no other organization’s certificate for a renewal, but the same one’s next CA', () => {
    const [a, b] = [knownCard('1', [valid(9)]), knownCard('2', [valid(90)])];
    const by = (card: KnownCard, issuer: string): KnownCard => ({
      ...card,
      certificates: card.certificates.map((one) => ({ ...one, issuer })),
    });
    expect(currentCertificates([by(a, 'CN=A v1,O=Org\\, Inc,C=SE'), by(b, 'CN=A v2,O=Org\\, Inc,C=SE')]).size).toBe(1);
    expect(currentCertificates([by(a, 'CN=A v1,O=Org,C=SE'), by(b, 'CN=A v1,O=Other,C=SE')]).size).toBe(2);
    expect(currentCertificates([by(a, 'CN=A\\,O=x,C=SE'), by(b, 'CN=B\\,O=x,C=SE')]).size).toBe(2);
  });

  it('tells certificates of an unknown level apart by their issuer', () => {
    const [a, b] = [knownCard('1', [valid(9)]), knownCard('2', [valid(90)])];
    const without = (card: KnownCard, issuer: string): KnownCard => ({
      ...card,
      certificates: card.certificates.map(({ level: _level, ...one }) => ({ ...one, issuer })),
    });
    expect(currentCertificates([without(a, 'CN=A'), without(b, 'CN=B')]).size).toBe(2);
    expect(currentCertificates([without(a, 'CN=A'), without(b, 'CN=A')]).size).toBe(1);
  });
});
