import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/core/ports.js';
import { createIssuerClient } from '../../../../src/enrollment/create-issuer-client.js';
import type { IssuerLogin } from '../../../../src/enrollment/issuer-client.js';
import type { RelyingParty } from '../../../../src/model/relying-party.js';
import { enroll } from '../../../../src/operations/download/enroll.js';
import { encodeRequest, encodeRequestInfo } from '../../../../src/pki/certificate-request.js';
import { encodeCertsOnly } from '../../../../src/pki/certs-only.js';
import { createHttpClient } from '../../../../src/platform/http-client.js';
import { testPeople } from '../../../../src/sandbox/ca/person.js';
import { certifyPerson, createSandboxCa } from '../../../../src/sandbox/ca/sandbox-ca.js';
import { issuerParty, testOrder } from '../../../support/download-stage.js';

let server: Server;
let login: IssuerLogin;
let user: AbortController;
let request: Uint8Array;
let certificate: Uint8Array;
let asked: number;
/** Before the issuer answers; true has it ask for patience. */
let onRequest: () => boolean;

beforeAll(async () => {
  const ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = key.publicKey.export({ format: 'der', type: 'spki' });
  const info = encodeRequestInfo({ subject: Uint8Array.of(0x30, 0), publicKey, attributes: [] });
  request = encodeRequest(info, 'ES256', sign('sha256', info, { key: key.privateKey, dsaEncoding: 'ieee-p1363' }));
  certificate = await certifyPerson(ca, testPeople.tolvan, { keyType: 'ec-p256', publicKey: key.publicKey });
});

beforeEach(async () => {
  asked = 0;
  user = new AbortController();
  onRequest = () => false;
  server = createServer((incoming, answer) => {
    incoming.resume().on('end', () => {
      if (incoming.url?.endsWith('enroll') !== true) {
        const credential = { username: 'u', password: 'p', expires_in: 600, session: 's', request: 'a.b.c' };
        answer.setHeader('Content-Type', 'application/json').end(JSON.stringify(credential));
        return;
      }
      asked += 1;
      if (onRequest()) {
        answer.writeHead(202, { 'Retry-After': '60' }).end();
        return;
      }
      answer.setHeader('Content-Type', 'application/pkcs7-mime');
      // Long enough for a call that can be cut off to be cut off.
      setTimeout(() => answer.end(Buffer.from(encodeCertsOnly([certificate])).toString('base64')), 50);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const enrollment = { session: `${url}/s`, orders: `${url}/o`, est: `${url}/e` };
  const issuer: RelyingParty = { ...issuerParty, endpoints: { enrollment, pins: [] } };
  const client = createIssuerClient({ http: createHttpClient(), clock: systemClock });
  login = await client.logIn(issuer, () => Promise.resolve('assertion'), new AbortController().signal);
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const steps: string[] = [];
const ask = async (): Promise<Uint8Array> =>
  await enroll(testOrder(), request, {
    login,
    signal: user.signal,
    patienceMs: () => (user.signal.aborted ? 0 : 120_000),
    onStep: (step) => {
      steps.push(step);
      if (step === 'waiting-for-issuer') setImmediate(() => user.abort());
    },
  });

describe('enroll()', () => {
  it('takes the answer to a call that was on its way when the user gave up', async () => {
    onRequest = () => {
      user.abort();
      return false;
    };
    expect(Buffer.from(await ask()).equals(certificate)).toBe(true);
    expect(asked).toBe(1);
  });

  it('asks nothing when the user has given up before', async () => {
    user.abort();
    await expect(ask()).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    expect(asked).toBe(0);
  });

  it('asks no more when the user gives up while the issuer asks for patience', async () => {
    onRequest = () => {
      user.abort();
      return true;
    };
    await expect(ask()).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    expect(asked).toBe(1);
  });

  it('waits no longer when the user gives up between two calls', async () => {
    onRequest = () => true;
    await expect(ask()).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    expect(asked).toBe(1);
    expect(steps.slice(-2)).toEqual(['enrolling', 'waiting-for-issuer']);
  });
});
