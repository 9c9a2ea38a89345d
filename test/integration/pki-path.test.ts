import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrustPolicy } from '../../src/model/trust.js';
import { parseCertificate } from '../../src/pki/certificate.js';
import { evaluateCertificate } from '../../src/pki/path.js';

let folder: string;

const openssl = (...args: readonly string[]): void => {
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
};

interface Recipe {
  readonly subject?: string;
  readonly issuer?: string;
  readonly extensions?: readonly string[];
  readonly key?: readonly string[];
  readonly digest?: string;
  readonly days?: number;
}

const caExtensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];

/** Has openssl write `name`.pem and its key, self-signed unless an issuer is named; returns DER. */
function make(name: string, recipe: Recipe): Uint8Array {
  const issuer = recipe.issuer === undefined ? [] : ['-CA', `${recipe.issuer}.pem`, '-CAkey', `${recipe.issuer}.key`];
  openssl(
    ...[
      'req',
      '-x509',
      '-config',
      '/dev/null',
      '-nodes',
      '-days',
      String(recipe.days ?? 2),
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
    ],
    ...[
      '-subj',
      recipe.subject ?? `/CN=TEST ${name}`,
      `-${recipe.digest ?? 'sha256'}`,
      ...(recipe.key ?? ec),
      ...issuer,
    ],
    ...(recipe.extensions ?? ['keyUsage=digitalSignature']).flatMap((extension) => ['-addext', extension]),
  );
  openssl('x509', '-in', `${name}.pem`, '-outform', 'DER', '-out', `${name}.der`);
  return readFileSync(join(folder, `${name}.der`));
}

let policy: TrustPolicy;

const judge = (leaf: Uint8Array, trust = policy) => evaluateCertificate(parseCertificate(leaf), trust, Date.now());
const through = (issuer: Uint8Array, anchor: Uint8Array): TrustPolicy => ({
  ...policy,
  anchors: [anchor],
  personIssuers: [{ certificate: issuer, level: 3, test: true }],
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kort-path-'));
  const root = make('root', { extensions: caExtensions, days: 20 });
  const issuer = make('issuer', { issuer: 'root', extensions: caExtensions, days: 20 });
  policy = {
    anchors: [root],
    personIssuers: [{ certificate: issuer, level: 2, test: true }],
    levelByPolicy: { '1.2.752.74.8.512': 3, '1.2.3.4.2': 2 },
  };
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('evaluateCertificate() of what openssl wrote', () => {
  it('trusts a leaf and gives the chain without the anchor', () => {
    const leaf = make('leaf', { issuer: 'issuer' });
    const result = judge(leaf);
    expect(result).toMatchObject({ trusted: true, level: 2, test: true });
    expect(result.trusted && result.chain.map((der) => Buffer.from(der))).toEqual([
      Buffer.from(leaf),
      Buffer.from(policy.personIssuers[0]!.certificate),
    ]);
  });

  it.each([
    ['the policy before the issuer', ['1.2.752.74.8.512'], 3],
    ['the issuer when no policy is known', ['1.2.3.4.5'], 2],
    ['a known policy among unknown ones', ['1.2.3.4.5', '1.2.752.74.8.512'], 3],
    ['the lowest of several', ['1.2.752.74.8.512', '1.2.3.4.2'], 2],
  ])('takes the level from %s', (_, policies, level) => {
    const leaf = make('policy', { issuer: 'issuer', extensions: [`certificatePolicies=${policies.join(',')}`] });
    expect(judge(leaf)).toMatchObject({ trusted: true, level });
  });

  const refused: readonly (readonly [string, string, Recipe])[] = [
    ['SHA-1', 'issuer-unknown', { digest: 'sha1', issuer: 'issuer' }],
    ['an RSA key of 1024 bits', 'weak-key', { issuer: 'issuer', key: ['-newkey', 'rsa:1024'] }],
    [
      'a critical extension that nobody knows',
      'critical-extension',
      { issuer: 'issuer', extensions: ['1.2.3.4=critical,DER:0500'] },
    ],
    ['the flag of a CA', 'leaf-is-ca', { issuer: 'issuer', extensions: caExtensions }],
    ['the right to sign certificates', 'leaf-is-ca', { issuer: 'issuer', extensions: ['keyUsage=keyCertSign'] }],
    ['the root as issuer', 'issuer-unknown', { issuer: 'root' }],
    ['its own signature', 'issuer-unknown', {}],
  ];
  it.each(refused)('refuses %s', (_, problem, recipe) => {
    expect(judge(make('refused', recipe))).toEqual({ trusted: false, problem });
  });

  it('refuses an issuer that may not issue', () => {
    for (const extensions of [
      ['keyUsage=keyCertSign'],
      ['basicConstraints=CA:TRUE', 'keyUsage=digitalSignature'],
      [...caExtensions, 'nameConstraints=critical,permitted;DNS:x.example'],
    ]) {
      const unfit = make('unfit', { issuer: 'root', extensions });
      const leaf = make('below', { issuer: 'unfit' });
      expect(judge(leaf, through(unfit, policy.anchors[0]!))).toEqual({ trusted: false, problem: 'issuer-unfit' });
    }
  });

  it('refuses an issuer that no anchor signed, although one has the right name', () => {
    const sameName = make('same-name', { subject: '/CN=TEST root', extensions: caExtensions });
    const trust = through(policy.personIssuers[0]!.certificate, sameName);
    expect(judge(make('orphan', { issuer: 'issuer' }), trust)).toEqual({ trusted: false, problem: 'anchor-unknown' });
    expect(judge(make('orphan', { issuer: 'issuer' }), { ...trust, anchors: [] })).toEqual({
      trusted: false,
      problem: 'anchor-unknown',
    });
  });

  it('refuses an anchor that allows no CA below itself', () => {
    const narrow = make('narrow', { extensions: ['basicConstraints=critical,CA:TRUE,pathlen:0', caExtensions[1]!] });
    const issuer = make('too-deep', { issuer: 'narrow', extensions: caExtensions });
    const leaf = make('below', { issuer: 'too-deep' });
    expect(judge(leaf, through(issuer, narrow))).toEqual({ trusted: false, problem: 'anchor-unknown' });
  });

  it('judges validity at the given time, of the leaf and of the CAs', () => {
    const leaf = parseCertificate(make('timed', { issuer: 'issuer' }));
    const at = (time: number) => evaluateCertificate(leaf, policy, time);
    expect(at(leaf.notAfter)).toMatchObject({ trusted: true });
    expect(at(leaf.notAfter + 1)).toEqual({ trusted: false, problem: 'expired' });
    expect(at(leaf.notBefore - 3_600_000)).toEqual({ trusted: false, problem: 'not-yet-valid' });
  });

  it('finds a path through a renewed certificate of the same key when the old one has expired', () => {
    const subject = '/CN=TEST issuer';
    const old = make('old', {
      subject,
      issuer: 'root',
      extensions: caExtensions,
      key: ['-key', 'issuer.key'],
      days: 1,
    });
    const leaf = parseCertificate(make('renewed', { issuer: 'issuer' }));
    const expired = { certificate: old, level: 2, test: true } as const;
    const at = parseCertificate(old).notAfter + 1;
    const judgeThrough = (...personIssuers: TrustPolicy['personIssuers']) =>
      evaluateCertificate(leaf, { ...policy, personIssuers }, at);
    expect(judgeThrough(expired)).toEqual({ trusted: false, problem: 'expired' });
    expect(judgeThrough(expired, ...policy.personIssuers)).toMatchObject({ trusted: true });
  });
});
