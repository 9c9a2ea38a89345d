import { createHash, createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KeySpec } from '../../src/model/key.js';
import type { Pkcs11Token } from '../../src/tokens/pkcs11-token.js';
import { canWrite, type WritableToken } from '../../src/tokens/token.js';
import { hostProgramFromSource } from '../support/module-host.js';
import { createPkcs11Bench, type Pkcs11Bench } from '../support/pkcs11-bench.js';
import { runProcess } from '../support/run-process.js';
import { certificateOver, generateTestKey, selfSigned } from '../support/self-signed-certificate.js';
import { createSoftHsm } from '../support/softhsm.js';
import { keyFor, secretOf } from '../support/token-bench.js';

/*
 * SoftHSM with our module process on one side and OpenSC's pkcs11-tool on the other; OpenSSL judges what either signs.
 */
const pin = '123456';
const label = 'TEST shared';
const host = hostProgramFromSource();
const hsm = createSoftHsm();
hsm.initToken(label, pin);
let bench: Pkcs11Bench;
let token: Pkcs11Token;
const login = ['--token-label', label, '--login', '--pin', pin];
const use = () => ({ attemptsShown: 0, lastTryConsent: false, pin: secretOf(pin) });
const at = (name: string): string => join(hsm.folder, name);

beforeAll(async () => {
  bench = createPkcs11Bench([hsm.module], { program: host.program });
  token = await bench.token(label);
  writeFileSync(at('message'), 'TEST message');
  writeFileSync(at('digest'), createHash('sha256').update('TEST message').digest());
});
afterAll(async () => {
  await bench.source.close();
  hsm.remove();
  host.remove();
});

const isValid = async (der: Uint8Array, signature: Uint8Array): Promise<boolean> => {
  writeFileSync(at('public.pem'), new X509Certificate(der).publicKey.export({ format: 'pem', type: 'spki' }));
  writeFileSync(at('judged'), signature);
  const args = ['dgst', '-sha256', '-verify', at('public.pem'), '-signature', at('judged'), at('message')];
  return (await runProcess('openssl', args)).code === 0;
};
/** ECDSA as OpenSSL wants it (RFC 3279 §2.2.3). */
const asDer = (signature: Uint8Array): Uint8Array => {
  const half = signature.length / 2;
  const integer = (bytes: Uint8Array): number[] => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const value = [...bytes.subarray(start)];
    if ((value[0] ?? 0) >= 0x80) value.unshift(0);
    return [2, value.length, ...value];
  };
  const both = [...integer(signature.subarray(0, half)), ...integer(signature.subarray(half))];
  return Uint8Array.of(0x30, both.length, ...both);
};

it.each<[KeySpec, 'RS256' | 'ES256', string]>([
  ['rsa-2048', 'RS256', 'SHA256-RSA-PKCS'],
  ['ec-p256', 'ES256', 'ECDSA'],
])(
  'a %s key and certificate that we write are listed and used by pkcs11-tool, and by us',
  async (spec, algorithm, mechanism) => {
    if (!canWrite(token)) throw new Error('SoftHSM can be written');
    const card: WritableToken = token;
    const label = `TEST ${spec}`;
    const { value: der } = await card.write(use(), async (opened) => {
      const keyId = randomBytes(16);
      const made = await opened.generateKeyPair({ spec, label, keyId, certificateBytes: 2000 });
      const publicKey = createPublicKey({ key: Buffer.from(made.publicKey), format: 'der', type: 'spki' });
      const issued = certificateOver(label, publicKey, generateTestKey('p256'));
      await opened.storeCertificate({ keyReference: made.reference, der: issued, label });
      return issued;
    });

    const listed = hsm.pkcs11Tool(...login, '--list-objects');
    for (const kind of ['Private Key', 'Public Key', 'Certificate']) {
      expect(listed).toMatch(new RegExp(`${kind} Object[^\\n]*\\n(?:  [^\\n]*\\n)*?  label: +TEST ${spec}`));
    }
    const id =
      new RegExp(
        `Certificate Object[^\\n]*\\n(?:  [^\\n]*\\n)*?  label: +TEST ${spec}\\n(?:  [^\\n]*\\n)*?  ID: +(\\w+)`,
      ).exec(listed)?.[1] ?? '';
    hsm.pkcs11Tool(...login, '--read-object', '--type', 'cert', '--id', id, '--output-file', at('read.der'));
    expect(readFileSync(at('read.der'))).toEqual(Buffer.from(der));
    const input = algorithm === 'RS256' ? at('message') : at('digest');
    const format = algorithm === 'RS256' ? [] : ['--signature-format', 'openssl'];
    const sign = ['--sign', '--mechanism', mechanism, '--id', id, '--input-file', input, '--output-file', at('theirs')];
    hsm.pkcs11Tool(...login, ...sign, ...format);
    expect(await isValid(der, readFileSync(at('theirs')))).toBe(true);

    const held = (await token.certificates()).find((entry) => Buffer.from(der).equals(entry.certificate.der));
    const digest = readFileSync(at('digest'));
    const { signature } = await token.verifyAndSign({ key: held!.key!, algorithm, digest, ...use() });
    expect(await isValid(der, algorithm === 'RS256' ? signature : asDer(signature))).toBe(true);
  },
);

it('a key with CKA_ALWAYS_AUTHENTICATE signs once for each PIN, and nothing when several signatures are asked for', async () => {
  const { privateKey, der } = selfSigned('TEST always', 'p256');
  writeFileSync(at('always.der'), privateKey.export({ format: 'der', type: 'pkcs8' }));
  writeFileSync(at('always-certificate.der'), der);
  const key = ['--write-object', at('always.der'), '--type', 'privkey', '--always-auth', '--usage-sign', '--id', '55'];
  hsm.pkcs11Tool(...login, ...key);
  hsm.pkcs11Tool(...login, '--write-object', at('always-certificate.der'), '--type', 'cert', '--id', '55');
  const held = (await token.certificates()).find((entry) => Buffer.from(der).equals(entry.certificate.der));
  const digest = readFileSync(at('digest'));
  const signing = { key: held!.key!, algorithm: 'ES256' } as const;
  expect(held?.key?.pinEachTime).toBe(false);
  await expect(token.verifyAndSignAll({ ...signing, digests: [digest, digest], ...use() })).rejects.toMatchObject({
    code: 'ERR_TOKEN_OPERATION_UNSUPPORTED',
    fields: { codeOutcome: 'accepted' },
  });
  const entry = bench.source.entries.find((one) => one.token === token);
  const again = entry?.certificates?.find((one) => Buffer.from(der).equals(one.certificate.der));
  expect(again?.key?.pinEachTime).toBe(true);
  const { signatures } = await token.verifyAndSignAll({ ...signing, digests: [digest], ...use() });
  expect(await isValid(der, asDer(signatures[0]!))).toBe(true);
});

it('a key and certificate that pkcs11-tool writes while we run are noticed and used by us', async () => {
  const generate = ['--keypairgen', '--key-type', 'EC:prime256v1', '--id', '77', '--label', 'TEST theirs'];
  hsm.pkcs11Tool(...login, ...generate);
  hsm.pkcs11Tool(...login, '--read-object', '--type', 'pubkey', '--id', '77', '--output-file', at('theirs.der'));
  const publicKey = createPublicKey({ key: readFileSync(at('theirs.der')), format: 'der', type: 'spki' });
  const der = certificateOver('TEST theirs', publicKey, generateTestKey('p256'));
  writeFileSync(at('certificate.der'), der);
  hsm.pkcs11Tool(...login, '--write-object', at('certificate.der'), '--type', 'cert', '--id', '77');
  const held = (await token.certificates()).find((entry) => Buffer.from(der).equals(entry.certificate.der));
  const digest = readFileSync(at('digest'));
  const signing = { key: held!.key!, algorithm: 'ES256', digest, ...use() } as const;
  expect(await isValid(der, asDer((await token.verifyAndSign(signing)).signature))).toBe(true);
  expect((await keyFor(token, 'ES256')).algorithms).toContain('ES256');
});
