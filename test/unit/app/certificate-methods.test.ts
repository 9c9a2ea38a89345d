import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { certificateMethods } from '../../../src/app/certificate-methods.js';
import { ChoiceRuleStore } from '../../../src/app/choice-rule-store.js';
import type { ControlMethod, ParamsOf, ResultOf } from '../../../src/control-contract/methods.js';
import { methodSchemas } from '../../../src/control-contract/schemas.js';
import { MiddlewareError } from '../../../src/core/errors.js';
import type { ControlCaller } from '../../../src/daemon/control/handlers.js';
import { createCertificateBackups } from '../../../src/history/certificate-backups.js';
import type { CertificateInfo } from '../../../src/model/certificate.js';
import { clientAuthPurpose } from '../../../src/pki/suitability.js';
import type { TokenEntry } from '../../../src/tokens/token-registry.js';
import { loginOrder, orderStage } from '../../support/order-stage.js';
import { recordingLogger } from '../../support/recording-logger.js';

const { relyingParty } = loginOrder;
const now = Date.parse('2026-11-22T12:00:00Z');
const caller: ControlCaller = { signal: new AbortController().signal, unreadBytes: 0, notify: () => undefined };
const login = { extendedKeyUsage: [clientAuthPurpose] };
const fingerprint = (start: string): string => start.padEnd(64, '0');

let folder: string;
let entries: TokenEntry[];
let handlers: ReturnType<typeof certificateMethods>;
let backups: ReturnType<typeof createCertificateBackups>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-methods-'));
  entries = [];
  const logger = recordingLogger();
  backups = createCertificateBackups(join(folder, 'certificates'), logger);
  handlers = certificateMethods({
    tokens: { entries, subscribe: () => () => undefined },
    rules: new ChoiceRuleStore({ system: join(folder, 'system.json'), user: join(folder, 'user.json') }, logger),
    relyingParties: {
      find: (clientId) => {
        if (clientId === relyingParty.clientId) return relyingParty;
        throw new MiddlewareError('ERR_CONFIG_NOT_FOUND', 'No such relying party');
      },
    },
    backups,
    judge: () => ({ usable: true, level: 3, chain: [], testIssuer: true }),
    revocation: { of: () => ({ status: 'checking' }), subscribe: () => () => undefined },
    choices: { recall: () => undefined, remember: () => Promise.resolve() },
    clock: { now: () => now, monotonic: () => 0 },
    logger,
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** As the control socket calls it: what goes in and comes out has to fit its schemas. */
const call = async <M extends ControlMethod>(method: M, params: ParamsOf<M>): Promise<ResultOf<M>> => {
  const { params: taken, result } = methodSchemas[method];
  const answer = await handlers[method]!(taken.parse(params), caller);
  return result.parse(JSON.parse(JSON.stringify(answer)));
};
const insert = (name: string, ...certificates: readonly Partial<CertificateInfo>[]): void => {
  const entry = orderStage().card(name);
  const [held] = entry.certificates!;
  const all = certificates.map((change) => ({ ...held!, certificate: { ...held!.certificate, ...change } }));
  entries.push({ ...entry, certificates: all });
};
const a = fingerprint('aa0011');
const b = fingerprint('aa0022');

describe('certificate.prefer', () => {
  it('takes the beginning of a fingerprint, and the purpose from the certificate', async () => {
    insert('1', { ...login, fingerprint: a }, { fingerprint: b, keyUsage: ['nonRepudiation'] });
    await call('certificate.prefer', { fingerprint: 'aa0011' });
    const { rules } = await call('certificate.prefer', { fingerprint: 'aa0022', clientId: relyingParty.clientId });
    expect(rules).toEqual([
      { relyingParty: relyingParty.clientId, purpose: 'sign', prefer: { fingerprint: b }, source: 'user' },
      { purpose: 'auth', prefer: { fingerprint: a }, source: 'user' },
    ]);
    expect(await call('certificate.unprefer', { clientId: relyingParty.clientId })).toEqual({ rules: [rules[1]] });
    expect(await call('certificate.unprefer', { clientId: 'urn:test:removed-since' })).toEqual({ rules: [rules[1]] });
  });

  it.each([
    ['bbbb', 'ERR_CERT_NOT_FOUND'],
    ['aa00', 'ERR_CERT_AMBIGUOUS'],
    ['aa0011', 'ERR_CERT_PURPOSE'],
  ])('refuses %s with %s, and writes nothing', async (start, code) => {
    insert('1', { fingerprint: a }, { fingerprint: b });
    await expect(call('certificate.prefer', { fingerprint: start })).rejects.toMatchObject({ code });
    expect(await call('certificate.unprefer', {})).toEqual({ rules: [] });
  });

  it('refuses a relying party that is not registered', async () => {
    insert('1', { ...login, fingerprint: a });
    await expect(call('certificate.prefer', { fingerprint: a, clientId: 'urn:test:other' })).rejects.toMatchObject({
      code: 'ERR_CONFIG_NOT_FOUND',
    });
  });
});

describe('certificate.list', () => {
  it('tells all of every certificate, the preferred one first', async () => {
    insert('1', { ...login, fingerprint: a, notAfter: now + 2 }, { ...login, fingerprint: b, cardNumber: '97522' });
    await call('certificate.prefer', { fingerprint: b });
    const { certificates } = await call('certificate.list', {});
    expect(certificates).toMatchObject([
      {
        fingerprint: b,
        card: { id: 'card:1', serial: '1', reader: 'reader 1' },
        holder: 'TEST 1',
        personId: '1',
        cardNumber: '97522',
        level: 3,
        purpose: 'auth',
        usable: true,
        isCa: false,
        revocation: { status: 'checking' },
        preferred: true,
      },
      { fingerprint: a, preferred: false, notAfter: new Date(now + 2).toISOString() },
    ]);
  });
});

describe('certificate.backups', () => {
  it('tells what is kept and on no inserted card, the newest first, without the certificate itself', async () => {
    const time = (at: number) => new Date(at).toISOString();
    const kept = (print: string, at: number) => ({
      fingerprint: print,
      holder: 'TEST 1',
      issuer: 'CN=TEST CA',
      notAfter: time(now),
      token: 'card:1',
      cardLabel: '1',
      removedAt: time(at),
      keyKept: true,
    });
    const printOf = (at: number) => createHash('sha256').update(Uint8Array.of(at)).digest('hex');
    for (const at of [1, 2, 3]) {
      await backups.add({ ...kept(printOf(at), at), der: Uint8Array.of(at), keyReference: 1 });
    }
    insert('1', { fingerprint: printOf(2) });
    expect(await call('certificate.backups', {})).toEqual({ backups: [kept(printOf(3), 3), kept(printOf(1), 1)] });
  });
});

describe('certificate.why', () => {
  it('explains for a registered relying party alone', async () => {
    insert('1', { ...login, fingerprint: a });
    expect(await call('certificate.why', { clientId: relyingParty.clientId })).toMatchObject({
      chosen: { fingerprint: a, because: 'only-one' },
    });
    await expect(call('certificate.why', { clientId: 'urn:test:other' })).rejects.toMatchObject({
      code: 'ERR_CONFIG_NOT_FOUND',
    });
  });
});
