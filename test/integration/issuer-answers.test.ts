import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import { createIssuerClient } from '../../src/enrollment/create-issuer-client.js';
import { encodeRequest, encodeRequestInfo } from '../../src/pki/certificate-request.js';
import { openssl } from '../support/openssl.js';
import { jsonAnswer, scriptedHttp } from '../support/scripted-http.js';
import { createTestRelyingParty, entryOf } from '../support/test-relying-party.js';

/** An issuer that is openssl's command line: what it reads of ours, and what ours reads of it. */
const folder = mkdtempSync(join(tmpdir(), 'kort-issuer-answers-'));
const file = (name: string): string => join(folder, name);
const base = 'https://issuer.example';
const issuer = entryOf(createTestRelyingParty('issuer'), {
  enrollment: {
    session_endpoint: `${base}/session`,
    orders_endpoint: `${base}/orders`,
    est_endpoint: `${base}/.well-known/est`,
  },
});
const { signal } = new AbortController();
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });

beforeAll(() => {
  const options = ['-nodes', '-days', '30', '-pkeyopt', 'ec_paramgen_curve:P-384'];
  const ca = ['-subj', '/C=SE/O=TEST/CN=TEST openssl CA', '-keyout', file('ca.key'), '-out', file('ca.pem')];
  openssl(['req', '-x509', '-newkey', 'ec', ...options, ...ca]);
});
afterAll(() => rmSync(folder, { recursive: true }));

function requestFor({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }): Uint8Array {
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const info = encodeRequestInfo({ subject: Uint8Array.of(0x30, 0), publicKey: spki, attributes: [] });
  return encodeRequest(info, 'ES256', sign('sha256', info, { key: privateKey, dsaEncoding: 'ieee-p1363' }));
}

/** What openssl makes of a body of ours: a certificate, and that with the CA's as base64 of certificates alone. */
function answerTo(body: string, base64: readonly string[]): { certificate: Buffer; body: Buffer } {
  writeFileSync(file('request.b64'), body);
  openssl(['base64', '-d', '-in', file('request.b64'), '-out', file('request.der')]);
  openssl(['req', '-inform', 'DER', '-in', file('request.der'), '-verify', '-noout']);
  writeFileSync(file('issued.cnf'), 'basicConstraints = CA:FALSE\n');
  const extensions = ['-extfile', file('issued.cnf')];
  const ca = [
    '-CA',
    file('ca.pem'),
    '-CAkey',
    file('ca.key'),
    '-days',
    '10',
    ...extensions,
    '-out',
    file('issued.pem'),
  ];
  openssl(['x509', '-req', '-inform', 'DER', '-in', file('request.der'), '-subj', '/CN=Tolvan Tolvansson', ...ca]);
  const list = ['-certfile', file('ca.pem'), '-certfile', file('issued.pem')];
  openssl(['crl2pkcs7', '-nocrl', '-outform', 'DER', '-out', file('answer.p7'), ...list]);
  return {
    certificate: openssl(['x509', '-in', file('issued.pem'), '-outform', 'DER']),
    body: openssl(['base64', '-e', '-in', file('answer.p7'), ...base64]),
  };
}

describe('an issuer of openssl', () => {
  it.each([
    ['lines of 64', []],
    ['one line', ['-A']],
  ])('takes our request, and its answer in %s is read', async (_what, base64) => {
    const http = scriptedHttp();
    http.answer = ({ body = '' }) =>
      body.includes('assertion')
        ? jsonAnswer({ username: 'u', password: 'p', expires_in: 60 })
        : jsonAnswer({ session: 's', request: 'a.b.c' });
    const client = createIssuerClient({ http, clock: systemClock });
    const login = await client.logIn(issuer, async () => await Promise.resolve('assertion'), signal);
    let expected: Buffer | undefined;
    http.answer = (call) => {
      const { certificate, body } = answerTo(call.body!, base64);
      expected = certificate;
      return { contentType: 'application/pkcs7-mime', body };
    };
    const issued = await login.enroll({ id: 'order', kind: 'extra' }, requestFor(key));
    expect(expected?.equals(issued.certificate)).toBe(true);
    expect(issued.others).toHaveLength(1);
  });
});
