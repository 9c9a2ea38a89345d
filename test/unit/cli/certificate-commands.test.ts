import { beforeEach, describe, expect, it } from 'vitest';
import type { CliPorts } from '../../../src/cli/ports.js';
import type { CertificateDetails } from '../../../src/control-contract/certificates.js';
import type { ExplainedCertificate } from '../../../src/model/certificate-choice.js';
import { runScripted, type CliResult } from '../../support/scripted-cli.js';
import { ScriptedDaemon } from '../../support/scripted-daemon.js';

const dayMs = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * dayMs + 3_600_000).toISOString();
const hostile = '\u001b[2J\u202eevil';
const detailsOf = (digit: string, change: Partial<CertificateDetails> = {}): CertificateDetails => ({
  fingerprint: digit.repeat(64),
  card: { id: 'card:01', product: 'TEST product', serial: '01', label: 'TEST card', reader: 'Reader 1' },
  holder: 'Tolvan Tolvansson',
  organization: 'TEST Organisation',
  personId: '191212121212',
  cardNumber: '9752269900000000001',
  subject: 'CN=Tolvan Tolvansson,C=SE',
  issuer: 'CN=TEST Person ID\\, 3 CA v1,O=TEST,C=SE',
  serialNumber: '0a',
  level: 3,
  notBefore: inDays(-10),
  notAfter: inDays(100),
  keyType: 'rsa',
  keyBits: 2048,
  keyUsage: ['digitalSignature'],
  extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
  policies: ['1.2.752.74.8.512'],
  purpose: 'auth',
  usable: true,
  isCa: false,
  preferred: false,
  ...change,
});

let daemon: ScriptedDaemon;
let written: string[];
beforeEach(() => {
  daemon = new ScriptedDaemon();
  written = [];
});
const ports = (): Partial<CliPorts> => ({
  connect: () => Promise.resolve(daemon.client),
  writeTextFile: (path, text) => Promise.resolve(void written.push(`${path}: ${text}`)),
});
const kort = (...argv: readonly string[]): Promise<CliResult> => runScripted(['certificate', ...argv], ports());
const onTerminal = (columns: number, ...argv: readonly string[]): Promise<{ rows: string[]; code: number }> => {
  let out = '';
  const terminal = { write: (text: string) => void (out += text), isTerminal: true, columns };
  return runScripted(['--no-color', 'certificate', ...argv], { ...ports(), out: terminal }).then(({ code }) => ({
    rows: out.split('\n'),
    code,
  }));
};

describe('kort certificate list', () => {
  const certificates = [
    detailsOf('a', { preferred: true, revocation: { status: 'good', checkedAt: inDays(0), validUntil: inDays(1) } }),
    detailsOf('b', {
      notAfter: inDays(-1),
      usable: false,
      level: undefined,
      revocation: {
        status: 'revoked',
        checkedAt: inDays(0),
        revokedAt: '2026-01-02T12:00:00.000Z',
        certificate: 'leaf',
      },
    }),
    detailsOf('c', { holder: hostile, revocation: { status: 'unknown', checkedAt: inDays(0), reason: 'unreachable' } }),
  ];

  it('says whose, what for, until when, and what stands in the way', async () => {
    daemon.on('certificate.list', () => ({ certificates }));
    const { code, out } = await kort('list');
    expect(code).toBe(0);
    const [first = '', second = '', third = ''] = out.split(/^(?=[abc]{16} )/m);
    expect(first).toContain(`${'a'.repeat(16)}  Tolvan Tolvansson, TEST Organisation\n`);
    expect(first).toContain('for logins · assurance level 3 · comes first\n');
    expect(first).toMatch(/valid until \d{4}-\d\d-\d\d \(100 days left\)\n/);
    expect(first).toContain('issued by TEST Person ID, 3 CA v1\n');
    expect(first).toContain('on the card TEST card in Reader 1\n');
    expect(first).not.toMatch(/revoked/i);
    expect(second).toContain('no known assurance level · cannot be used\n');
    expect(second).toContain('(has expired)');
    expect(second).toContain('REVOKED 2026-01-02\n');
    expect(third).toContain("unknown whether it is revoked: the issuer's server does not answer\n");
    expect(third).toContain(`${'c'.repeat(16)}  [2Jevil, TEST Organisation\n`);
    expect(out).not.toMatch(/[\u001b\u202e]/);
  });

  it('is one JSON document, and one sentence where there is none', async () => {
    daemon.on(
      'certificate.list',
      () => ({ certificates }),
      () => ({ certificates: [] }),
    );
    expect(JSON.parse((await kort('list', '--json')).out)).toEqual(JSON.parse(JSON.stringify({ certificates })));
    expect((await kort('list', '--lang', 'sv')).out).toBe('Inget certifikat på något kort som sitter i en läsare.\n');
  });

  it('fits a terminal of 60 columns, and nothing from outside begins a row', async () => {
    const holder = `${'Långt Namn '.repeat(9)}1  for logins`;
    daemon.on('certificate.list', () => ({ certificates: [detailsOf('a', { holder })] }));
    const { rows } = await onTerminal(60, 'list');
    expect(rows.filter((row) => row.length > 59)).toEqual([]);
    expect(rows.filter((row) => /^\S/.test(row))).toHaveLength(2);
  });
});

describe('kort certificate show', () => {
  it('explains level and key, and names everything', async () => {
    const certificate = detailsOf('a', { level: 2, usable: false });
    daemon.on('certificate.list', () => ({ certificates: [certificate, detailsOf('b')] }));
    const { out } = await kort('show', 'aaaa', '--lang', 'sv');
    for (const text of [
      /^Innehavare +Tolvan Tolvansson$/m,
      /^Tillitsnivå +2: såsom på reservkort/m,
      /^Nyckel +RSA 2048, finns inte på kortet/m,
      /^Gäller +från \S+ till \S+ \(100 dagar kvar\)$/m,
      /^Tillåtet bruk +digitalSignature, clientAuth$/m,
      new RegExp(`^Fingeravtryck +${'a'.repeat(64)}$`, 'm'),
    ]) {
      expect(out).toMatch(text);
    }
  });

  it.each([
    ['ffff', 'ERR_CERT_NOT_FOUND', 3],
    ['aaaa', 'ERR_CERT_AMBIGUOUS', 2],
    ['zz', 'ERR_USAGE', 2],
  ])('refuses %s: %s', async (digits, error, code) => {
    const similar = detailsOf('a', { fingerprint: `${'a'.repeat(63)}b` });
    daemon.on('certificate.list', () => ({ certificates: [detailsOf('a'), similar] }));
    const result = await kort('show', digits);
    expect([result.code, result.error.includes(error)]).toEqual([code, true]);
  });

  it('takes one certificate on two cards for one', async () => {
    daemon.on('certificate.list', () => ({ certificates: [detailsOf('a'), detailsOf('a')] }));
    expect((await kort('show', 'aaaa')).code).toBe(0);
  });
});

describe('kort certificate export', () => {
  it('writes PEM in lines of 64, to standard output or a file', async () => {
    const exported = { fingerprint: 'a'.repeat(64), der: 'QUJD'.repeat(20) };
    daemon.on(
      'certificate.export',
      () => exported,
      () => exported,
    );
    const pem = `-----BEGIN CERTIFICATE-----\n${'QUJD'.repeat(16)}\n${'QUJD'.repeat(4)}\n-----END CERTIFICATE-----\n`;
    expect((await kort('export', 'aaaa')).out).toBe(pem);
    expect((await kort('export', 'aaaa', '--out', 'x.pem')).out).toBe('The certificate has been written to x.pem.\n');
    expect(written).toEqual([`x.pem: ${pem}`]);
  });
});

describe('choosing', () => {
  const rules = [
    { relyingParty: 'rp.example', purpose: 'auth', prefer: { fingerprint: 'a'.repeat(64) }, source: 'user' },
  ];

  it('prefer sends the whole fingerprint, and tells the rules that there are', async () => {
    daemon
      .on('certificate.list', () => ({ certificates: [detailsOf('a')] }))
      .on('certificate.prefer', () => ({ rules }))
      .on('certificate.unprefer', () => ({ rules: [] }));
    const { out } = await kort('prefer', 'aaaa', '--for', 'rp.example');
    expect(daemon.calls.at(-1)).toBe(`certificate.prefer {"fingerprint":"${'a'.repeat(64)}","clientId":"rp.example"}`);
    expect(out).toContain('Nothing has been changed on the card.');
    expect(out).toContain(`the certificate ${'a'.repeat(16)} comes first for rp.example at logins (your rule)`);
    expect((await kort('unprefer')).out).toContain('No rules:');
    expect(daemon.calls.at(-1)).toBe('certificate.unprefer {}');
  });

  it('why tells the order, the choice, and what does not fit', async () => {
    const explained = (digit: string, change: Partial<ExplainedCertificate>): ExplainedCertificate => ({
      fingerprint: digit.repeat(64),
      holder: `TEST ${digit}`,
      issuer: 'CN=TEST CA',
      level: 3,
      reader: 'Reader 1',
      cardLabel: 'TEST card',
      notAfter: inDays(5),
      placedBy: 'usual',
      ...change,
    });
    daemon.on('certificate.why', () => ({
      relyingParty: { clientId: 'rp.example', name: { sv: 'TEST tjänst', en: 'TEST service' } },
      purpose: 'sign',
      levels: [3],
      certificates: [explained('a', { placedBy: 'rule-for-party' }), explained('b', { unfit: 'level', level: 2 })],
      chosen: { fingerprint: 'a'.repeat(64), because: 'only-one' },
      rules,
      brokenFiles: [{ source: 'user', path: '/x/choice.json', fields: { reason: 'fileNotJson' } }],
    }));
    const { out } = await kort('why', '--for', 'rp.example', '--sign');
    expect(daemon.calls).toEqual(['certificate.why {"clientId":"rp.example","purpose":"sign"}']);
    expect(out).toMatch(/^TEST service, signature:\n {2}accepted levels: 3\n\n1 {2}TEST a\n/);
    expect(out).toContain(
      '   by the rule for the service\nThe first is taken without a question. Chosen because it was',
    );
    expect(out).toMatch(/Does not fit:\n· {2}TEST b\n[^]*does not have the assurance level/);
    expect(out).toContain('The rules in /x/choice.json do not count: the file does not contain valid JSON');
  });

  it('why needs a service', async () => {
    const { code, error } = await kort('why');
    expect([code, error.includes('--for')]).toEqual([2, true]);
  });
});

describe('kort certificate backups', () => {
  it('says which can be put back, and where they came from', async () => {
    const backup = {
      fingerprint: 'a'.repeat(64),
      holder: 'Tolvan Tolvansson',
      issuer: 'CN=TEST CA',
      notAfter: inDays(5),
      token: 'card:01',
      cardLabel: hostile,
      removedAt: '2026-01-02T03:04:05.000Z',
      keyKept: true,
    };
    daemon.on(
      'certificate.backups',
      () => ({ backups: [backup, { ...backup, keyKept: false }] }),
      () => ({ backups: [] }),
    );
    const { out } = await runScripted(['--instance', 'test', 'certificate', 'backups'], ports());
    expect(out).toContain('can be put back: "kort certificate restore FINGERPRINT --instance test"');
    expect(out).toContain('cannot be put back: its key was removed too');
    expect(out).toMatch(/removed from \[2Jevil 2026-01-02/);
    expect((await kort('backups')).out).toBe('No certificate that was removed is kept.\n');
  });
});

describe('kort certificate inventory', () => {
  it('names algorithms with their sizes, uses, and what a quantum computer breaks', async () => {
    daemon.on('certificate.inventory', () => ({
      entries: [
        {
          where: 'card',
          name: 'Tolvan Tolvansson',
          cardLabel: 'TEST card',
          fingerprint: 'a'.repeat(64),
          key: { name: 'RSA', oid: '1.2.840.113549.1.1.1', bits: 2048, quantumVulnerable: true },
          signature: { name: 'ML-DSA-65', oid: '2.16.840.1.101.3.4.3.18', quantumVulnerable: false },
          use: ['login'],
          notAfter: '2027-05-06T12:00:00.000Z',
          quantumVulnerable: 'yes',
        },
        {
          where: 'relying-party',
          name: hostile,
          key: { name: '1.2.3', oid: '1.2.3', quantumVulnerable: undefined },
          use: ['request-signing'],
          quantumVulnerable: 'unknown',
        },
      ],
    }));
    const { out } = await kort('inventory');
    expect(out).toContain(`${'a'.repeat(16)}  Tolvan Tolvansson (on the card TEST card)\n`);
    expect(out).toContain('  key RSA 2048 bits · signed with ML-DSA-65\n');
    expect(out).toContain('  logins · until 2027-05-06 · quantum computer: can be broken\n');
    expect(out).toContain('[2Jevil (service)\n  key 1.2.3\n  requests of the service · quantum computer: unknown\n');
    expect(out).toContain('1 of 2 can be broken by a future quantum computer.');
  });
});
