import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCertificateBackups } from '../../../src/history/certificate-backups.js';
import type { CertificateBackup } from '../../../src/model/certificate-backup.js';
import { parseCertificate } from '../../../src/pki/certificate.js';
import { recordingLogger, type RecordingLogger } from '../../support/recording-logger.js';
import { selfSigned } from '../../support/self-signed-certificate.js';

let folder: string;
let logger: RecordingLogger;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-backups-'));
  logger = recordingLogger();
});
afterEach(() => rmSync(folder, { recursive: true }));

const [{ der }, other] = [selfSigned('TEST Tolvan', 'p256'), selfSigned('TEST Tretton', 'p256')];
const backup: CertificateBackup = {
  fingerprint: parseCertificate(der).fingerprint,
  holder: 'TEST Tolvan',
  issuer: 'CN=TEST',
  notAfter: '2027-01-01T00:00:00.000Z',
  der,
  token: 'card:01',
  cardLabel: 'TEST card',
  removedAt: '2026-01-01T00:00:00.000Z',
  keyKept: false,
};

describe('createCertificateBackups()', () => {
  it.each([
    ['holds another certificate than it is named by', { certificate: Buffer.from(other.der).toString('base64') }],
    ['holds no certificate', { certificate: '' }],
    ['tells a time that the control socket does not pass', { removedAt: 'yesterday' }],
  ])('passes over a file that %s', async (_what, change) => {
    const backups = createCertificateBackups(folder, logger);
    await backups.add(backup);
    expect(await backups.all()).toEqual([backup]);
    const path = join(folder, `${backup.fingerprint}.json`);
    writeFileSync(path, JSON.stringify({ ...(JSON.parse(readFileSync(path, 'utf8')) as object), ...change }));
    expect(await backups.all()).toEqual([]);
    expect(logger.lines).toMatchObject([{ level: 'warn' }]);
  });
});
