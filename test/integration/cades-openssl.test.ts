import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyType } from '../../src/model/certificate.js';
import type { DigestAlgorithm, SignatureAlgorithm } from '../../src/model/signature.js';
import { attributeOids, cadesAlgorithm, composeCades } from '../../src/pki/cades.js';
import { readDer } from '../../src/pki/der.js';
import { octetString, oidOf, sequenceOf, setOf } from '../../src/pki/der-writing.js';
import { createRequestObject } from '../../src/verify/create-request.js';
import { verifySignatures } from '../../src/verify/verify-signatures.js';
import { editDer, elementAt } from '../support/edited-der.js';
import { runProcess, type ProcessResult } from '../support/run-process.js';
import { createSigningPeople, signAsToken, type Signer, type SigningPeople } from '../support/signing-people.js';

/*
 * What openssl says of our signatures. Fails, and does not skip, without openssl.
 */
const document = randomBytes(5000);
const requestKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const requestHash = createHash('sha256').update('TEST request').digest('base64url');

let folder: string;
let people: SigningPeople;
let signers: Readonly<Record<KeyType, Signer>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kort-cades-'));
  people = await createSigningPeople();
  const [rsa, p256, p384] = await Promise.all([
    people.issue({ keyType: 'rsa' }),
    people.issue({ keyType: 'ec-p256' }),
    people.issue({ keyType: 'ec-p384' }),
  ]);
  signers = { rsa, 'ec-p256': p256, 'ec-p384': p384 };
  writeFileSync(join(folder, 'root.pem'), new X509Certificate(people.root).toString());
  writeFileSync(join(folder, 'document'), document);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function signatureOf(signer: Signer, algorithm: SignatureAlgorithm, digestAlgorithm: DigestAlgorithm): Uint8Array {
  const draft = composeCades({
    digestAlgorithm,
    digest: createHash(digestAlgorithm).update(document).digest(),
    chain: signer.chain,
    algorithm,
    requestHash,
    now: Date.now(),
  });
  return draft.finish(signAsToken(signer.privateKey, algorithm, draft.digest));
}

/** openssl cms -verify of a detached signature over a file. */
async function verify(signature: Uint8Array, content = 'document'): Promise<ProcessResult> {
  writeFileSync(join(folder, 'signature'), signature);
  const files = ['-in', 'signature', '-content', content, '-CAfile', 'root.pem', '-out', 'out'];
  return await runProcess('openssl', ['cms', '-verify', '-cades', '-inform', 'DER', '-binary', ...files], {
    cwd: folder,
  });
}

const kinds: readonly (readonly [KeyType, SignatureAlgorithm, DigestAlgorithm])[] = [
  ['rsa', 'RS256', 'sha256'],
  ['rsa', 'PS256', 'sha256'],
  ...(['sha256', 'sha384', 'sha512'] as const).flatMap(
    (digest) =>
      [
        ['ec-p256', 'ES256', digest],
        ['ec-p384', 'ES384', digest],
      ] as const,
  ),
];

describe('composeCades() judged by openssl', () => {
  it.each(kinds)(
    '%s %s %s: the signature holds for the document and for no other',
    async (keyType, algorithm, digest) => {
      const signature = signatureOf(signers[keyType], algorithm, digest);
      expect(await verify(signature)).toMatchObject({ code: 0 });
      writeFileSync(join(folder, 'other'), Buffer.concat([document, Buffer.of(0)]));
      expect(await verify(signature, 'other')).not.toMatchObject({ code: 0 });
      const spoilt = Uint8Array.from(signature);
      spoilt[spoilt.length - 3]! ^= 0x01;
      expect(await verify(spoilt)).not.toMatchObject({ code: 0 });
    },
  );

  it.each(kinds)('%s %s %s: a changed byte of a signed attribute is refused', async (keyType, algorithm, digest) => {
    const signature = signatureOf(signers[keyType], algorithm, digest);
    const at = Buffer.from(signature).indexOf(Buffer.from(requestHash, 'base64url'));
    expect(at).toBeGreaterThan(0);
    const spoilt = Uint8Array.from(signature);
    spoilt[at]! ^= 0x01;
    expect(await verify(spoilt)).not.toMatchObject({ code: 0 });
  });

  it('openssl reads every attribute, and one signature over DER', async () => {
    writeFileSync(join(folder, 'signature'), signatureOf(signers['ec-p256'], 'ES256', 'sha256'));
    const printing = ['cms', '-cmsout', '-print', '-noout', '-inform', 'DER', '-in', 'signature'];
    const { stdout } = await runProcess('openssl', printing, { cwd: folder });
    const names = [...stdout.matchAll(/object: (\S+)/g)].map(([, name]) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'contentType',
        'messageDigest',
        'signingTime',
        'id-smime-aa-signingCertificateV2',
        'id-smime-aa-contentIdentifier',
      ]),
    );
    expect(stdout).toContain('eContent: <ABSENT>');
    expect(stdout).toContain('unsignedAttrs:\n          <ABSENT>');
  });

  it('openssl refuses the key of an authentication certificate', async () => {
    const login = await people.issue({ usage: 'authentication' });
    const { code, stderr } = await verify(signatureOf(login, 'ES256', 'sha256'));
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/purpose/i);
  });

  it('openssl refuses a signature whose certificate is not the one that it names', async () => {
    const [one, other] = [await people.issue(), signers['ec-p256']];
    const draft = composeCades({
      digestAlgorithm: 'sha256',
      digest: createHash('sha256').update(document).digest(),
      chain: one.chain,
      algorithm: 'ES256',
      requestHash,
      now: Date.now(),
    });
    const { code } = await verify(draft.finish(signAsToken(other.privateKey, 'ES256', draft.digest)));
    expect(code).not.toBe(0);
  });
});

describe('verifySignatures() at what openssl signed', () => {
  const makings: readonly (readonly [KeyType, DigestAlgorithm, readonly string[]])[] = [
    ['rsa', 'sha256', []],
    ['rsa', 'sha512', ['-md', 'sha512']],
    ['rsa', 'sha256', ['-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:32']],
    ['ec-p256', 'sha256', ['-md', 'sha256']],
    ['ec-p384', 'sha384', ['-md', 'sha384']],
  ];
  const clientId = 'https://rp.example/client';

  /** A signature by openssl, and what was asked for. */
  async function made(keyType: KeyType, digestAlgorithm: DigestAlgorithm, options: readonly string[]) {
    const { chain, privateKey } = signers[keyType];
    const pem = (der: Uint8Array): string => new X509Certificate(der).toString();
    writeFileSync(join(folder, 'signer.pem'), pem(chain[0]));
    writeFileSync(join(folder, 'issuer.pem'), pem(chain[1]));
    writeFileSync(join(folder, 'signer.key'), privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const files = ['-in', 'document', '-signer', 'signer.pem', '-inkey', 'signer.key', '-certfile', 'issuer.pem'];
    const signing = ['cms', '-sign', '-cades', '-binary', '-outform', 'DER', '-out', 'made', ...files, ...options];
    expect(await runProcess('openssl', signing, { cwd: folder })).toMatchObject({ code: 0 });
    const digest = createHash(digestAlgorithm).update(document).digest();
    const { request } = await createRequestObject({
      clientId,
      key: { privateKey: requestKey, algorithm: 'ES256', keyId: 'key' },
      launchers: ['page'],
      acrValues: ['http://id.sambi.se/loa/loa3'],
      signature: { visibleText: 'TEST', documents: [{ label: 'TEST', digestAlgorithm, digest }] },
    });
    const consumeNonce = () => Promise.resolve(true);
    return { der: readFileSync(join(folder, 'made')), request, policy: people.policy, clientId, consumeNonce };
  }

  // openssl has no option for a content identifier, which is looked at last.
  it.each(makings)('%s %s %j: all is right but what names the request', async (...making) => {
    const { der, ...expectations } = await made(...making);
    await expect(verifySignatures([der.toString('base64')], expectations)).rejects.toMatchObject({
      code: 'ERR_VERIFY_REQUEST',
    });
  });

  it('with the content identifier, signed by the same key, it holds', async () => {
    const { der, ...expectations } = await made('ec-p256', 'sha256', ['-md', 'sha256']);
    const identifier = createHash('sha256').update(expectations.request).digest();
    const attribute = sequenceOf(oidOf(attributeOids.contentIdentifier), setOf([octetString(identifier)]));
    const named = editDer(der, [0, 1, 0, 4, 0, 3], ({ contents }) => [
      setOf([...readDer(contents).map(({ encoded }) => encoded), attribute], 0xa0),
    ]);
    const toBeSigned = Uint8Array.from(elementAt(named, [0, 1, 0, 4, 0, 3]).encoded);
    toBeSigned[0] = 0x31;
    const value = sign('sha256', toBeSigned, signers['ec-p256'].privateKey);
    const signed = editDer(named, [0, 1, 0, 4, 0, 5], () => [octetString(value)]);
    const base64 = Buffer.from(signed).toString('base64');
    await expect(verifySignatures([base64], expectations)).resolves.toMatchObject({ testIssuer: true });
  });
});

it('cadesAlgorithm() finds what the key signs this digest with', () => {
  expect(cadesAlgorithm(['RS256', 'PS256'], 'sha256')).toBe('RS256');
  expect(cadesAlgorithm(['PS256'], 'sha256')).toBe('PS256');
  expect(cadesAlgorithm(['RS256', 'PS256'], 'sha384')).toBeUndefined();
  expect(cadesAlgorithm(['ES256'], 'sha512')).toBe('ES256');
  expect(cadesAlgorithm(['ES384'], 'sha256')).toBe('ES384');
  expect(cadesAlgorithm([], 'sha256')).toBeUndefined();
});
