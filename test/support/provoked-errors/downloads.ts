import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type HttpAnswer } from '../../../src/core/ports.js';
import { createIssuerClient } from '../../../src/enrollment/create-issuer-client.js';
import type { IssuerLogin } from '../../../src/enrollment/issuer-client.js';
import { openDownloadJournal } from '../../../src/history/download-journal-file.js';
import { createRelyingPartyRegistry } from '../../../src/oob/registry.js';
import { createIssuerSessions } from '../../../src/operations/download/issuer-sessions.js';
import { prove } from '../../../src/operations/download/proof.js';
import { parseCertificate } from '../../../src/pki/certificate.js';
import { trustPolicyOf } from '../../../src/sandbox/ca/sandbox-ca.js';
import { issuerParty, testOrder } from '../download-stage.js';
import { fakeIssuer } from '../fake-issuer.js';
import { testPeople } from '../../../src/sandbox/ca/person.js';
import { recordingLogger } from '../recording-logger.js';
import { jsonAnswer, scriptedHttp } from '../scripted-http.js';
import { testCaller } from '../test-caller.js';
import { atDownload, downloadPeople } from './download-scene.js';
import type { Provocation, Provocations } from './provocation.js';

const signal = new AbortController().signal;

/** An issuer on the network that answers as told, first to the login and then to what comes after it. */
const atIssuer =
  (answer: Partial<HttpAnswer>, work?: (login: IssuerLogin) => Promise<unknown>): Provocation =>
  async () => {
    const http = scriptedHttp();
    const good = (body = ''): Partial<HttpAnswer> =>
      jsonAnswer(
        body.includes('assertion')
          ? { username: 'order-1', password: 'TEST', expires_in: 600 }
          : { session: 'session-1', request: 'a.b.c' },
      );
    http.answer = ({ body }) => (work === undefined ? answer : good(body));
    const login = await createIssuerClient({ http, clock: systemClock }).logIn(
      issuerParty,
      () => Promise.resolve('assertion'),
      signal,
    );
    http.answer = () => answer;
    await work?.(login);
  };

const sessionsAt = async (...clientIds: readonly string[]): Promise<unknown> => {
  const { ca } = await downloadPeople();
  const sessions = createIssuerSessions({
    client: fakeIssuer(ca, testPeople.tolvan),
    registry: () => createRelyingPartyRegistry(clientIds.map((clientId) => ({ ...issuerParty, clientId }))),
    service: {
      start: () => Promise.reject(new TypeError('not asked for')),
      collect: () => Promise.reject(new TypeError('not asked for')),
      cancel: () => Promise.resolve(),
    },
    tokens: { entries: [] },
    clock: systemClock,
    logger: recordingLogger(),
  });
  return await sessions.signIn(undefined, testCaller(), () => undefined);
};

export const downloadProvocations: Provocations<'ISSUER' | 'DOWNLOAD'> = {
  ERR_ISSUER_NONE: () => sessionsAt(),
  ERR_ISSUER_AMBIGUOUS: () => sessionsAt('urn:test:one', 'urn:test:two'),
  ERR_ISSUER_LOGIN: atIssuer({ status: 403, contentType: 'text/plain', body: Buffer.from('Kortet är inte känt.') }),
  ERR_ISSUER_SESSION: atIssuer({ status: 401 }, (login) => login.orders(signal)),
  ERR_ISSUER_REFUSED: atIssuer(
    { status: 400, contentType: 'text/plain', body: Buffer.from('Beställningen är återkallad.') },
    (login) => login.enroll({ id: 'o', kind: 'extra' }, new Uint8Array()),
  ),
  ERR_ISSUER_RESPONSE: atIssuer(jsonAnswer([])),
  ERR_ISSUER_CERTIFICATE: () =>
    atDownload('IDPrime 940', {}, async (stage) => {
      stage.issuer.fault = 'other-person';
      await stage.run(await stage.begin());
    }),
  ERR_ISSUER_PENDING: atIssuer({ status: 202, headers: { 'retry-after': '300' } }, (login) =>
    login.enroll({ id: 'o', kind: 'extra' }, new Uint8Array()),
  ),
  ERR_DOWNLOAD_ORDER: () =>
    atDownload('IDPrime 940', {}, async (stage) => {
      stage.issuer.orders = [testOrder({ id: 'order-2' })];
      await stage.begin();
    }),
  ERR_DOWNLOAD_CARD: () =>
    atDownload('IDPrime 940', {}, async (stage) => {
      stage.issuer.orders = [testOrder({ cardNumber: '9752269900000000009' })];
      await stage.begin();
    }),
  ERR_DOWNLOAD_CLOCK: () =>
    atDownload('IDPrime 940', {}, async (stage) => {
      stage.issuer.clockSkewMs = 301_000;
      await stage.begin();
    }),
  ERR_DOWNLOAD_UNFINISHED: () =>
    atDownload('IDPrime 940', {}, async (stage) => {
      const prepared = await stage.begin();
      stage.policy = { ...trustPolicyOf((await downloadPeople()).ca), anchors: [] };
      await stage.run(prepared).catch(() => undefined);
      const [downloadId = ''] = stage.journal.records.keys();
      await stage.downloads.prepareDiscard({ work: 'discard', downloadId }, stage.caller);
    }),
  ERR_DOWNLOAD_JOURNAL: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kort-journal-'));
    const blocked = join(folder, 'downloads');
    writeFileSync(blocked, 'in the way');
    try {
      await openDownloadJournal(blocked, { clock: systemClock, logger: recordingLogger() }).all();
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  ERR_DOWNLOAD_PROOF: async () => {
    const { key } = await downloadPeople();
    await prove({ sign: () => Promise.resolve(new Uint8Array(64)) }, 1, parseCertificate(key.der));
  },
};
