import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { readTrustFolders } from '../../../src/app/trust-folder.js';
import type { MiddlewareError } from '../../../src/core/errors.js';
import { systemClock } from '../../../src/core/ports.js';
import { caCertificatesOf, createSandboxCa } from '../../../src/sandbox/ca/sandbox-ca.js';
import { selfSigned } from '../../support/self-signed-certificate.js';

let folder: string;
let sandboxPem: string;
let problems: MiddlewareError[];

const pem = (der: Uint8Array): string => new X509Certificate(der).toString();
const read = (source: 'system' | 'user') =>
  readTrustFolders([{ path: folder, source }], (problem) => problems.push(problem));

beforeAll(async () => {
  const ca = await createSandboxCa({ clock: systemClock, keyType: 'ec-p256' });
  sandboxPem = caCertificatesOf(ca).map(pem).join('');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-trust-'));
  problems = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

it('readTrustFolders() takes anchors and person issuers from one file, and leaves a CA for servers out', () => {
  writeFileSync(join(folder, 'sandbox.pem'), sandboxPem);
  const trust = read('user');
  expect(trust.anchors).toHaveLength(1);
  expect(trust.personIssuers.map(({ level, test }) => [level, test])).toEqual([
    [3, true],
    [3, true],
    [2, true],
    [2, true],
  ]);
  expect(problems).toEqual([]);
});

it.each([
  ['holds no certificate', (path: string) => writeFileSync(path, 'junk'), 'noCertificates'],
  [
    'holds a broken certificate',
    (path: string) => writeFileSync(path, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
    'certificateUnreadable',
  ],
  ['is a folder', (path: string) => mkdirSync(path), 'fileUnreadable'],
])('readTrustFolders() names a file that %s and uses the others', (_what, make, reason) => {
  writeFileSync(join(folder, 'sandbox.pem'), sandboxPem);
  const path = join(folder, 'broken.pem');
  make(path);
  expect(read('user').anchors).toHaveLength(1);
  expect(problems).toMatchObject([{ code: 'ERR_CONFIG_INVALID', fields: { path, reason } }]);
});

it('readTrustFolders() takes no issuer from the user that is not for tests; the administrator may name any', () => {
  writeFileSync(join(folder, 'real.pem'), pem(selfSigned('Root CA').der));
  expect(read('user').anchors).toEqual([]);
  expect(problems).toMatchObject([{ fields: { reason: 'issuerNotTest' } }]);
  expect(read('system').anchors).toHaveLength(1);
});

it('readTrustFolders() takes a folder that is not there for an empty one', () => {
  const trust = readTrustFolders([{ path: join(folder, 'missing'), source: 'system' }], (problem) => {
    throw problem;
  });
  expect(trust).toMatchObject({ anchors: [], personIssuers: [] });
});
