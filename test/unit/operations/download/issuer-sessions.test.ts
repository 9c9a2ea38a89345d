import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MiddlewareError } from '../../../../src/core/errors.js';
import { systemClock } from '../../../../src/core/ports.js';
import type { RelyingParty } from '../../../../src/model/relying-party.js';
import type { CollectAnswer } from '../../../../src/oob/oob-service.js';
import { createRelyingPartyRegistry } from '../../../../src/oob/registry.js';
import { createIssuerSessions, type IssuerSessions } from '../../../../src/operations/download/issuer-sessions.js';
import type { IssuerClient } from '../../../../src/enrollment/issuer-client.js';
import { assertionWith, issuerParty } from '../../../support/download-stage.js';
import { requestFrom } from '../../../support/fake-issuer.js';
import { recordingLogger } from '../../../support/recording-logger.js';
import { selfSigned } from '../../../support/self-signed-certificate.js';
import { testCaller, type TestCaller } from '../../../support/test-caller.js';

const leaf = selfSigned('TEST Tolvan', 'p256').der;

let parties: RelyingParty[];
let answers: (CollectAnswer | Error)[];
let calls: string[];
let request: string;
let lifeMs: number;
let sessions: IssuerSessions;
let caller: TestCaller;

beforeEach(() => {
  vi.useFakeTimers();
  parties = [issuerParty, { ...issuerParty, clientId: 'urn:test:other', endpoints: { pins: [] } }];
  answers = [{ status: 'complete', assertion: assertionWith(leaf) }];
  calls = [];
  request = requestFrom('urn:test:issuer');
  lifeMs = 600_000;
  caller = testCaller();
  const client: IssuerClient = {
    async logIn({ clientId }, answer) {
      calls.push(`log in at ${clientId}`, await answer(request));
      return {
        expiresAt: Date.now() + lifeMs,
        clockSkewMs: 0,
        orders: () => Promise.resolve([]),
        caCertificates: () => Promise.resolve([]),
        wishes: () => Promise.resolve({ keySpecs: [], others: [] }),
        enroll: () => Promise.reject(new TypeError('not asked for')),
      };
    },
  };
  sessions = createIssuerSessions({
    client,
    registry: () => createRelyingPartyRegistry(parties),
    service: {
      start: (given, { launcher, origin }, purpose) => {
        calls.push(`start ${given} ${launcher} ${String(origin)} ${purpose}`);
        return Promise.resolve({ orderRef: 'ref', expiresAt: '' });
      },
      collect: () => {
        const answer = answers.shift();
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer!);
      },
      cancel: (orderRef) => {
        calls.push(`cancel ${orderRef}`);
        return Promise.resolve();
      },
    },
    tokens: { entries: [] },
    clock: systemClock,
    logger: recordingLogger(),
  });
});
afterEach(() => void vi.useRealTimers());

const hints: string[] = [];
const signIn = (issuer?: string, by = caller) => sessions.signIn(issuer, by, (hint) => void hints.push(hint));
const gone = expect.objectContaining({ code: 'ERR_ISSUER_SESSION' }) as Error;

describe('createIssuerSessions()', () => {
  it('logs in as a process for a login, and tells how it stands', async () => {
    hints.length = 0;
    answers.unshift({ status: 'pending', hintCode: 'noCard' }, { status: 'pending', hintCode: 'userSign' });
    const session = await signIn();
    expect(calls).toEqual([
      `start ${request} process undefined auth`,
      'log in at urn:test:issuer',
      assertionWith(leaf),
    ]);
    expect(hints).toEqual(['noCard', 'userSign']);
    expect(session).toMatchObject({ issuer: issuerParty, orders: [], leaf: { person: { commonName: 'TEST Tolvan' } } });
    expect(sessions.find(session.id, caller)).toBe(session);
    expect(sessions.cardOf(session)).toBeUndefined();
  });

  it('takes the only issuer, or the named one, and no relying party that is none', async () => {
    expect(sessions.issuers).toEqual([issuerParty]);
    await expect(signIn('urn:test:other')).rejects.toMatchObject({
      code: 'ERR_ISSUER_NONE',
      fields: { name: 'urn:test:other' },
    });
    parties = [parties[1]!];
    await expect(signIn()).rejects.toMatchObject({ code: 'ERR_ISSUER_NONE', fields: {} });
    parties = [issuerParty, { ...issuerParty, clientId: 'urn:test:second' }];
    await expect(signIn()).rejects.toMatchObject({ code: 'ERR_ISSUER_AMBIGUOUS' });
    request = requestFrom('urn:test:second');
    await signIn('urn:test:second');
  });

  it.each([
    ["another relying party's request", requestFrom('urn:test:bank')],
    ['what is no request', 'TEST request'],
    ['claims that are none', `e30.${Buffer.from('"urn:test:issuer"').toString('base64url')}.AA`],
  ])('answers no issuer that hands on %s', async (_what, handedOn) => {
    request = handedOn;
    await expect(signIn()).rejects.toMatchObject({ code: 'ERR_ISSUER_RESPONSE' });
    expect(calls).toEqual([]);
  });

  it('says why the login failed, and cancels its order', async () => {
    answers = [{ status: 'failed', hintCode: 'userCancel' }];
    await expect(signIn()).rejects.toMatchObject({ code: 'ERR_ISSUER_LOGIN', fields: { hintCode: 'userCancel' } });
    expect(calls).toContain('cancel ref');
  });

  it('cancels the order when the client goes, and keeps no session', async () => {
    answers = [{ status: 'pending', hintCode: 'userSign' }, new MiddlewareError('ERR_ABORTED', 'Client is gone')];
    await expect(signIn()).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    expect(calls).toContain('cancel ref');
  });

  it("refuses another connection's session, which stays", async () => {
    const { id } = await signIn();
    const other = testCaller();
    expect(() => sessions.find(id, other)).toThrow(gone);
    sessions.signOut(id, other);
    sessions.find(id, caller);
  });

  it.each([
    ['its time', (): void => void vi.advanceTimersByTime(lifeMs)],
    ['the connection', (): void => caller.end()],
    ['signing out', (id: string): void => sessions.signOut(id, caller)],
  ])('ends with %s', async (_what, end) => {
    const { id } = await signIn();
    end(id);
    expect(() => sessions.find(id, caller)).toThrow(gone);
  });

  it('ends the session before when the same client logs in there again', async () => {
    const first = await signIn();
    answers = [{ status: 'complete', assertion: assertionWith(leaf) }];
    const second = await signIn();
    expect(() => sessions.find(first.id, caller)).toThrow(gone);
    sessions.find(second.id, caller);
  });
});
