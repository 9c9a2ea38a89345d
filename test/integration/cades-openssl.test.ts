import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeyType } from '../../src/model/certificate.js';
import type { DigestAlgorithm, SignatureAlgorithm } from '../../src/model/signature.js';
import { cadesAlgorithm, composeCades } from '../../src/pki/cades.js';
import { runProcess, type ProcessResult } from '../support/run-process.js';
import { createSigningPeople, signAsToken, type Signer, type SigningPeople } from '../support/signing-people.js';

/*
 * What openssl says of our signatures. Fails, and does not skip, without openssl.
 */
const document = randomBytes(5000);
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

it('cadesAlgorithm() finds what the key signs this digest with', () => {
  expect(cadesAlgorithm(['RS256', 'PS256'], 'sha256')).toBe('RS256');
  expect(cadesAlgorithm(['PS256'], 'sha256')).toBe('PS256');
  expect(cadesAlgorithm(['RS256', 'PS256'], 'sha384')).toBeUndefined();
  expect(cadesAlgorithm(['ES256'], 'sha512')).toBe('ES256');
  expect(cadesAlgorithm(['ES384'], 'sha256')).toBe('ES384');
  expect(cadesAlgorithm([], 'sha256')).toBeUndefined();
});
