import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChoiceRule } from '../../../src/model/certificate-choice.js';
import {
  orderForLogin,
  orderForOthers,
  preferredForOthers,
  type CertificateForOthers,
} from '../../../src/operations/certificate-order.js';
import { leadingByRules, prefers, rulesFor } from '../../../src/operations/choice-rules.js';
import { certificateOf } from '../../support/order-stage.js';

/** Few values, so that ties and matches are common. */
const few = (...values: readonly string[]) => fc.constantFrom(...values);

const certificates: fc.Arbitrary<readonly CertificateForOthers[]> = fc.uniqueArray(
  fc
    .record({
      fingerprint: few('f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'f8'),
      token: few('card:1', 'card:2', 'card:3'),
      holder: few('TEST A', 'TEST B'),
      organization: few('TEST North', 'TEST South'),
      issuer: few('CN=TEST CA 2', 'CN=TEST CA 3'),
      notAfter: fc.integer({ min: 1, max: 3 }),
      level: fc.constantFrom(2 as const, 3 as const, undefined),
      revoked: fc.boolean(),
      purpose: fc.constantFrom('auth' as const, 'sign' as const, undefined),
    })
    .map(({ fingerprint, token, holder, organization, issuer, notAfter, ...rest }) => ({
      certificate: {
        ...certificateOf('1'),
        fingerprint,
        issuer,
        notAfter,
        person: { commonName: holder, organization },
      },
      token,
      ...rest,
    })),
  { selector: ({ certificate, token }) => `${token} ${certificate.fingerprint}`, maxLength: 12 },
);

const rules: fc.Arbitrary<readonly ChoiceRule[]> = fc.array(
  fc.record(
    {
      relyingParty: few('urn:test:rp', 'urn:test:other'),
      purpose: fc.constantFrom('auth' as const, 'sign' as const),
      prefer: fc.record(
        {
          fingerprint: few('f1', 'f2', 'f3'),
          level: fc.constantFrom(2 as const, 3 as const),
          issuer: few('CN=TEST CA 2', 'CN=TEST CA 3'),
          organization: few('TEST North', 'TEST South'),
        },
        { requiredKeys: [] },
      ),
      source: fc.constantFrom('user' as const, 'system' as const),
    },
    { requiredKeys: ['prefer', 'source'] },
  ),
  { maxLength: 5 },
);

const forParty = (all: readonly ChoiceRule[]) => rulesFor(all, { clientId: 'urn:test:rp', purpose: 'auth' });
type Rules = readonly ChoiceRule[];
type Order = (given: readonly CertificateForOthers[], all: Rules) => readonly CertificateForOthers[];
const orders: readonly (readonly [string, Order, (all: Rules) => Rules])[] = [
  ['orderForLogin()', orderForLogin, forParty],
  ['orderForOthers()', orderForOthers, (all) => all],
];

describe.each(orders)('%s', (_, order, applying) => {
  it('is the same however the cards came in, loses none and doubles none', () => {
    fc.assert(
      fc.property(certificates, rules, fc.infiniteStream(fc.nat()), (given, all, picks) => {
        const shuffled = given
          .map((one) => ({ one, at: picks.next().value ?? 0 }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ one }) => one);
        const ordered = order(given, applying(all));
        expect(order(shuffled, applying(all))).toEqual(ordered);
        expect(order(ordered, applying(all))).toEqual(ordered);
        expect(new Set(ordered)).toEqual(new Set(given));
        expect(ordered).toHaveLength(given.length);
      }),
    );
  });

  it('is total and transitive: any two stand to each other alone as they do among all', () => {
    fc.assert(
      fc.property(certificates, rules, (given, all) => {
        const ordered = order(given, applying(all));
        ordered.forEach((first, index) => {
          for (const later of ordered.slice(index + 1))
            expect(order([later, first], applying(all))).toEqual([first, later]);
        });
      }),
    );
  });

  it('puts what is revoked last, whatever rules say', () => {
    fc.assert(
      fc.property(certificates, rules, (given, all) => {
        const revoked = order(given, applying(all)).map((one) => one.revoked);
        expect(revoked).toEqual(revoked.toSorted((a, b) => Number(a) - Number(b)));
      }),
    );
  });

  it('changes nothing for rules that prefer all or none', () => {
    fc.assert(
      fc.property(certificates, (given) => {
        const none: ChoiceRule = { prefer: { fingerprint: 'ff' }, source: 'user' };
        const every: ChoiceRule = { prefer: {}, source: 'user' };
        expect(order(given, [none, every])).toEqual(order(given, []));
      }),
    );
  });
});

describe('leadingByRules()', () => {
  it('names those that stand first in the order, and a rule exactly when some stand behind', () => {
    fc.assert(
      fc.property(certificates, rules, (given, all) => {
        const good = given.filter(({ revoked }) => !revoked);
        const { leading, rule } = leadingByRules(good, forParty(all));
        expect(new Set(orderForLogin(good, forParty(all)).slice(0, leading.length))).toEqual(new Set(leading));
        expect(rule === undefined).toBe(leading.length === good.length);
        if (rule !== undefined) expect(leading.every((certificate) => prefers(rule, certificate))).toBe(true);
      }),
    );
  });
});

const one = (fingerprint: string, change: Partial<CertificateForOthers> = {}): CertificateForOthers => ({
  certificate: { ...certificateOf('1'), fingerprint },
  token: 'card:1',
  level: 3,
  purpose: 'auth',
  revoked: false,
  ...change,
});
const names = (ordered: readonly CertificateForOthers[]) => ordered.map(({ certificate }) => certificate.fingerprint);

describe('rules', () => {
  const system = (prefer: ChoiceRule['prefer'], change: Partial<ChoiceRule> = {}): ChoiceRule => ({
    prefer,
    source: 'system',
    ...change,
  });
  const user = (prefer: ChoiceRule['prefer'], change: Partial<ChoiceRule> = {}): ChoiceRule => ({
    ...system(prefer, change),
    source: 'user',
  });
  const relyingParty = 'urn:test:rp';
  const all = [one('a'), one('b'), one('c'), one('d'), one('e')];
  const first = (...given: readonly ChoiceRule[]) => names(orderForLogin(all, forParty(given)));

  it("weigh more for a relying party than for all, and then those of the user more than the administrator's", () => {
    const given = [
      system({ fingerprint: 'e' }),
      user({ fingerprint: 'd' }),
      system({ fingerprint: 'c' }, { relyingParty }),
      user({ fingerprint: 'b' }, { relyingParty }),
    ];
    expect(first(...given)).toEqual(['b', 'c', 'd', 'e', 'a']);
    expect(first(...given.toReversed())).toEqual(['b', 'c', 'd', 'e', 'a']);
  });

  it('of equal weight count in their own order, and a lighter one orders what a heavier one leaves equal', () => {
    expect(first(user({ fingerprint: 'c' }), user({ fingerprint: 'b' }))).toEqual(['c', 'b', 'a', 'd', 'e']);
    const mixed = [one('a', { level: 2 }), one('b', { level: 2 }), one('c'), one('d')];
    const given = [user({ level: 3 }), system({ fingerprint: 'd' }), system({ fingerprint: 'b' })];
    expect(names(orderForLogin(mixed, forParty(given)))).toEqual(['d', 'c', 'b', 'a']);
  });

  it('of another relying party or purpose say nothing, nor one that fits only in part', () => {
    const usual = ['a', 'b', 'c', 'd', 'e'];
    expect(first(user({ fingerprint: 'e' }, { relyingParty: 'urn:test:other' }))).toEqual(usual);
    expect(first(user({ fingerprint: 'e' }, { purpose: 'sign' }))).toEqual(usual);
    expect(first(user({ fingerprint: 'e', level: 2 }))).toEqual(usual);
    expect(first(user({ fingerprint: 'e', level: 3 }, { purpose: 'auth' }))).toEqual(['e', 'a', 'b', 'c', 'd']);
  });

  it('for one relying party do not reach other programs, and those for a purpose reach certificates for it', () => {
    const given = [user({ fingerprint: 'e' }, { relyingParty }), user({ level: 3 }, { purpose: 'sign' })];
    const mixed = [one('a'), one('b', { purpose: 'sign' }), one('e')];
    expect(names(orderForOthers(mixed, given))).toEqual(['b', 'a', 'e']);
    expect(names(preferredForOthers(mixed, given))).toEqual(['b']);
  });
});

describe('preferredForOthers()', () => {
  it('names the first of each purpose that a rule puts there, and none that is revoked', () => {
    const given: readonly ChoiceRule[] = [
      { prefer: { fingerprint: 'b' }, source: 'user' },
      { prefer: { level: 3 }, source: 'system' },
    ];
    const mixed = [one('a'), one('b'), one('c', { purpose: 'sign' }), one('d', { purpose: 'sign', level: 2 })];
    expect(names(preferredForOthers(mixed, given))).toEqual(['b', 'c']);
    expect(names(preferredForOthers([one('a'), one('b', { revoked: true })], given))).toEqual(['a']);
    expect(preferredForOthers(mixed, [])).toEqual([]);
  });
});
