import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignatureAlgorithm } from '../../src/model/signature.js';
import { testPeople, type PersonRequest } from '../../src/sandbox/ca/person.js';
import { createSandboxCa, issuePerson, issueServer, type IssuedCertificate } from '../../src/sandbox/ca/sandbox-ca.js';
import { createRequestObject, type RequestWishes } from '../../src/verify/verify.js';
import { answerRequest, type AnswerChanges } from '../support/answered-request.js';
import { signWith } from '../support/forged-jws.js';
import { createRevocationStage, writePem, type RevocationStage } from '../support/revocation-stage.js';
import { runProcess } from '../support/run-process.js';

const script = resolve(import.meta.dirname, '../../docs/verify-assertion.sh');
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const clientId = 'https://login.clinic.example/kort';
let stage: RevocationStage;
let config: string;

beforeAll(async () => {
  stage = await createRevocationStage();
  const { ca, folder } = stage;
  config = join(folder, 'config');
  for (const name of ['issuers', 'nonces']) mkdirSync(join(config, name), { recursive: true });
  writeFileSync(join(config, 'client_id'), clientId);
  writeFileSync(join(config, 'origins'), 'https://login.clinic.example\n');
  writeFileSync(join(config, 'hosts'), `${new URL(stage.base).host}\n`);
  writeFileSync(join(config, 'levels'), '1.2.752.74.8.512 3\n');
  writePem(config, 'anchors', ca.authorities.root.certificate);
  writePem(join(config, 'issuers'), '3-hsa-id', ca.authorities.hsaId3.certificate);
  writePem(join(config, 'issuers'), '2-hsa-id', ca.authorities.hsaId2.certificate);
});
afterAll(async () => await stage.close());

const ask = async (changes: Partial<RequestWishes> = {}): Promise<string> => {
  const { request, nonce } = await createRequestObject({
    clientId,
    key: { privateKey, algorithm: 'ES256', keyId: '1' },
    launchers: ['page'],
    acrValues: ['http://id.sambi.se/loa/loa3'],
    ...changes,
  });
  writeFileSync(join(config, 'nonces', nonce), '');
  return request;
};

async function verify(request: string, assertion: string): Promise<string> {
  const file = (name: string, text: string): string => {
    writeFileSync(join(stage.folder, name), text);
    return join(stage.folder, name);
  };
  const args = [file('request', request), file('assertion', assertion), config];
  const { code, stdout, stderr } = await runProcess(script, args);
  return code === 0 ? stdout : `${code} ${stderr.trim()}`;
}

const issue = async (changes: Partial<PersonRequest> = {}): Promise<IssuedCertificate> =>
  await issuePerson(stage.ca, { ...testPeople.tolvan, keyType: 'ec-p256', ...changes });

describe('docs/verify-assertion.sh', () => {
  it.each([
    ['rsa', 'RS256'],
    ['rsa', 'PS256'],
    ['ec-p256', 'ES256'],
    ['ec-p384', 'ES384'],
  ] as const)('takes a good answer of a key %s with %s, once', async (keyType, algorithm) => {
    const request = await ask();
    const assertion = answerRequest(request, await issue({ keyType }), algorithm);
    expect(JSON.parse(await verify(request, assertion))).toEqual({
      person: 'TSTNMT2321000156-1024',
      acr: 'http://id.sambi.se/loa/loa3',
      order: 'order-id',
    });
    expect(await verify(request, assertion)).toBe('1 refused: nonce');
  });

  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const wrong: readonly (readonly [string, string, AnswerChanges])[] = [
    ['another key', 'signature', { signer: signWith(stranger, 'ES256') }],
    ['a signature in DER', 'signature', { signer: signWith(stranger, 'RS256') }],
    ['alg none', 'header', { header: { alg: 'none' } }],
    ['an alg of another key', 'algorithm', { header: { alg: 'RS256' } }],
    ['jwk in the header', 'header', { header: { jwk: {} } }],
    ['another audience', 'audience', { claims: { aud: 'https://other.example' } }],
    ['another request', 'request', { claims: { request_hash: 'x'.repeat(43) } }],
    ['another nonce', 'nonce', { claims: { nonce: 'x'.repeat(32) } }],
    ['a launcher that was not asked for', 'launcher', { claims: { launcher: 'process', origin: undefined } }],
    ['no browser', 'unbound', { claims: { bound: false } }],
    ['another origin', 'origin', { claims: { origin: 'https://evil.example' } }],
    ['no origin', 'origin', { claims: { origin: undefined } }],
    ['a time that is over', 'time', { claims: { exp: Math.floor(Date.now() / 1000) - 120 } }],
    ['another person', 'identity', { claims: { sub: '191212121212' } }],
    ['another level', 'identity', { claims: { acr: 'http://id.sambi.se/loa/loa2' } }],
  ];
  it.each(wrong)('refuses an answer with %s', async (_, reason, changes) => {
    const request = await ask();
    expect(await verify(request, answerRequest(request, stage.tolvan, 'ES256', changes))).toBe(`1 refused: ${reason}`);
  });

  const certificates: readonly (readonly [string, string, () => Promise<IssuedCertificate>])[] = [
    [
      'a foreign CA of the same name',
      'certificate-path',
      async () => {
        const foreign = await createSandboxCa({ clock: stage.clock, keyType: 'ec-p256' });
        return await issuePerson(foreign, { ...testPeople.tolvan, keyType: 'ec-p256' });
      },
    ],
    ['a server', 'certificate-path', async () => await issueServer(stage.ca, ['login.example'], 'ec-p256')],
    ['a signature key', 'key-usage', async () => await issue({ usage: 'signature' })],
    [
      'an expired person',
      'certificate-path',
      async () => await issue({ notBefore: Date.now() - 2000, notAfter: Date.now() - 1000 }),
    ],
    ['level 2', 'level', async () => await issue({ level: 2 })],
  ];
  it.each(certificates)('refuses a certificate of %s', async (_, reason, make) => {
    const request = await ask();
    const issued = await make();
    const algorithm: SignatureAlgorithm = 'ES256';
    expect(await verify(request, answerRequest(request, issued, algorithm))).toBe(`1 refused: ${reason}`);
  });

  it('refuses a revoked certificate, and any whose state it cannot learn', async () => {
    const request = async (): Promise<string> => {
      const asked = await ask();
      return await verify(asked, answerRequest(asked, stage.tolvan, 'ES256'));
    };
    expect(await request()).toContain('order-id');
    stage.revocation.revoke('tolvan', 'keyCompromise');
    expect(await request()).toBe('1 refused: revocation');
    stage.revocation.restore('tolvan');
    const hosts = readFileSync(join(config, 'hosts'));
    writeFileSync(join(config, 'hosts'), 'pki.example\n');
    expect(await request()).toBe('1 refused: revocation');
    writeFileSync(join(config, 'hosts'), hosts);
  });
});
