import { describe, expect, it } from 'vitest';
import type { CertificateInfo } from '../../../src/model/certificate.js';
import type { BrokenRuleFile, ChoiceRule } from '../../../src/model/certificate-choice.js';
import type { RememberedChoice } from '../../../src/model/card-choice-memory.js';
import type { RevocationState } from '../../../src/model/revocation.js';
import { explainChoice, type WonderedChoice } from '../../../src/operations/explain-choice.js';
import type { TokenEntry } from '../../../src/tokens/token-registry.js';
import { loginOrder, orderStage } from '../../support/order-stage.js';
import { recordingLogger } from '../../support/recording-logger.js';

const { relyingParty: party } = loginOrder;
const now = Date.parse('2026-11-22T12:00:00Z');

/** The cards of a stage, and how somebody explains what it would do with them. */
function explained() {
  const { card } = orderStage();
  const entries: TokenEntry[] = [];
  const rules = { all: [] as readonly ChoiceRule[], brokenFiles: [] as readonly BrokenRuleFile[] };
  const revoked = new Map<string, RevocationState>();
  let last: RememberedChoice | undefined;
  const listeners = new Set<() => void>();
  const why = (wondered: Partial<WonderedChoice> = {}, signal = new AbortController().signal) =>
    explainChoice(
      {
        tokens: {
          entries,
          subscribe: (listener) => {
            listeners.add(listener);
            return () => listeners.delete(listener);
          },
        },
        rules,
        revocation: { of: (fingerprint) => revoked.get(fingerprint), subscribe: () => () => undefined },
        judge: ({ fingerprint, notAfter }, at) =>
          notAfter < at
            ? { usable: false, reason: 'expired' }
            : { usable: true, level: fingerprint.startsWith('2') ? 2 : 3, chain: [], testIssuer: true },
        choices: { recall: () => last, remember: () => Promise.resolve() },
        clock: { now: () => now, monotonic: () => 0 },
        logger: recordingLogger(),
      },
      { relyingParty: party, ...wondered },
      signal,
    );
  return {
    ...{ card, entries, rules, revoked, why, listeners },
    insert: (name: string, person: string, ...certificates: readonly Partial<CertificateInfo>[]): void => {
      const entry = card(name, { person });
      const [held] = entry.certificates!;
      const all = certificates.map((change) => ({ ...held!, certificate: { ...held!.certificate, ...change } }));
      entries.push({ ...entry, certificates: all });
    },
    usedLast: (token: string, certificate: string) => (last = { token: `card:${token}`, certificate }),
  };
}

describe('explainChoice()', () => {
  it('says what a login would ask for, offer and take, each with its reason, and what does not fit', async () => {
    const { insert, rules, why } = explained();
    insert('1', 'a', { fingerprint: 'x' }, { fingerprint: 'y', notAfter: now + 1 }, { fingerprint: '2' });
    insert('2', 'a', { fingerprint: 'old', notAfter: 0 });
    rules.all = [
      { relyingParty: party.clientId, prefer: { fingerprint: 'y' }, source: 'user' },
      { prefer: { level: 2 }, source: 'system' },
      { prefer: { fingerprint: 'z' }, source: 'system' },
      { purpose: 'sign', prefer: { level: 3 }, source: 'system' },
    ];
    expect(await why()).toEqual({
      relyingParty: { clientId: 'urn:test:rp', name: { sv: 'Provet', en: 'The Test' } },
      purpose: 'auth',
      levels: [3],
      certificates: [
        {
          fingerprint: 'y',
          holder: 'TEST a',
          organization: undefined,
          issuer: 'CN=TEST CA',
          level: 3,
          reader: 'reader 1',
          cardLabel: '1',
          notAfter: new Date(now + 1).toISOString(),
          placedBy: 'rule-for-party',
        },
        expect.objectContaining({ fingerprint: 'x', placedBy: 'usual' }) as unknown,
        expect.objectContaining({ fingerprint: '2', level: 2, unfit: 'level' }) as unknown,
        expect.objectContaining({ fingerprint: 'old', level: undefined, unfit: 'expired' }) as unknown,
      ],
      chosen: { fingerprint: 'y', because: 'preferred' },
      rules: [{ relyingParty: party.clientId, prefer: { fingerprint: 'y' }, source: 'user' }],
      brokenFiles: [],
    });
  });

  it('asks for what the relying party may ask for, unless something else is wondered about', async () => {
    const { insert, why } = explained();
    insert('1', 'a', { fingerprint: 'x' }, { fingerprint: '2' });
    const levels = ['http://id.sambi.se/loa/loa2', 'http://id.sambi.se/loa/loa3'] as const;
    const both = { ...party, acrValues: levels, purposes: ['sign'] as const };
    expect(await why({ relyingParty: both })).toMatchObject({ purpose: 'sign', levels: [2, 3] });
    const second = await why({ relyingParty: both, purpose: 'auth', levels: [2] });
    expect(second).toMatchObject({ purpose: 'auth', levels: [2], chosen: { fingerprint: '2', because: 'only-one' } });
    expect(second.certificates).toMatchObject([{ fingerprint: '2' }, { fingerprint: 'x', unfit: 'level' }]);
  });

  it('tells all that does not fit, which a prompt leaves out where something fits', async () => {
    const { insert, why } = explained();
    insert('1', 'a', { fingerprint: 'x' }, { fingerprint: 'y', issuer: 'CN=TEST other' });
    const { certificates } = await why({ relyingParty: { ...party, issuers: ['CN=TEST CA'] } });
    expect(certificates).toMatchObject([{ fingerprint: 'x' }, { fingerprint: 'y', unfit: 'issuer' }]);
  });

  it('says that the user is asked, and by what the order is, where nothing decides', async () => {
    const { insert, rules, revoked, why, usedLast } = explained();
    insert('1', 'a', { fingerprint: 'x' });
    insert('2', 'a', { fingerprint: 'y' }, { fingerprint: 'z' });
    expect(await why()).not.toHaveProperty('chosen');
    usedLast('2', 'z');
    expect((await why()).chosen).toEqual({ fingerprint: 'z', because: 'last-time' });
    rules.all = [{ prefer: { issuer: 'CN=TEST CA' }, source: 'system' }];
    const at = new Date(now).toISOString();
    revoked.set('x', { status: 'revoked', checkedAt: at, revokedAt: at, certificate: 'issuer' });
    expect(await why()).toMatchObject({
      certificates: [
        { fingerprint: 'y', placedBy: 'rule-for-all' },
        { fingerprint: 'z', placedBy: 'rule-for-all' },
        { fingerprint: 'x', placedBy: 'revoked' },
      ],
      chosen: { fingerprint: 'z', because: 'last-time' },
      rules: rules.all,
    });
  });

  it('passes on which files of rules are broken', async () => {
    const { rules, why } = explained();
    rules.brokenFiles = [{ source: 'system', path: '/etc/kort/choice.json', fields: { reason: 'fileNotJson' } }];
    expect(await why()).toMatchObject({ certificates: [], brokenFiles: rules.brokenFiles });
  });

  it('waits until a card has been read, and gives up with whoever asks', async () => {
    const { card, entries, why, listeners } = explained();
    entries.push({ reader: 'reader 1', state: 'reading' });
    const waiting = why();
    const controller = new AbortController();
    const givenUp = why({}, controller.signal);
    controller.abort();
    await expect(givenUp).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    entries[0] = card('1');
    for (const listener of listeners) listener();
    expect((await waiting).certificates).toHaveLength(1);
  });
});
