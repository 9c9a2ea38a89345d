import { createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { OpenScAtCard } from './opensc-at-card.js';

/** Which key signs, decrypts or agrees, and the PIN for it. */
export interface JudgedKey {
  /** Hexadecimal. */
  readonly id: string;
  readonly pin: string;
  /** More arguments for pkcs11-tool, such as which slot. */
  readonly arguments?: readonly string[];
}

const hello = 'What OpenSC does with a virtual card.\n';

function login({ pin, arguments: more = [] }: JudgedKey): string[] {
  return [...more, '--login', '--pin', pin];
}

/** The public key as the card tells it to OpenSC, in a file. */
async function publicKeyFile(opensc: OpenScAtCard, { id }: JudgedKey): Promise<string> {
  const file = `public-${id}.pem`;
  await opensc.run('pkcs15-tool', '--read-public-key', id, '--output', file);
  return file;
}

/** pkcs11-tool signs with the card's key, and openssl accepts it. */
export async function signsAs(opensc: OpenScAtCard, key: JudgedKey, mechanism: string): Promise<void> {
  const publicKey = await publicKeyFile(opensc, key);
  writeFileSync(join(opensc.folder, 'message'), hello);
  const isEc = mechanism.startsWith('ECDSA');
  const format = isEc ? ['--signature-format', 'openssl'] : [];
  const files = ['--input-file', 'message', '--output-file', 'signature'];
  await opensc.pkcs11(...login(key), '--sign', '--mechanism', mechanism, '--id', key.id, ...format, ...files);
  const digest = `-${/SHA\d+/.exec(mechanism)?.[0].toLowerCase() ?? 'sha256'}`;
  const pss = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest'];
  const options = mechanism.endsWith('-PSS') ? pss : [];
  const check = ['-verify', publicKey, ...options, '-signature', 'signature', 'message'];
  expect(await opensc.run('openssl', 'dgst', digest, ...check)).toContain('Verified OK');
}

/** openssl encrypts for the card's key, and pkcs11-tool decrypts. */
export async function decryptsAs(opensc: OpenScAtCard, key: JudgedKey, padding: 'pkcs1' | 'oaep'): Promise<void> {
  const publicKey = await publicKeyFile(opensc, key);
  writeFileSync(join(opensc.folder, 'message'), hello);
  const oaep = ['-pkeyopt', 'rsa_padding_mode:oaep', '-pkeyopt', 'rsa_oaep_md:sha256'];
  const encryption = ['-encrypt', '-pubin', '-inkey', publicKey, ...(padding === 'oaep' ? oaep : [])];
  await opensc.run('openssl', 'pkeyutl', ...encryption, '-in', 'message', '-out', 'cryptogram');
  const mechanism = padding === 'oaep' ? ['RSA-PKCS-OAEP', '--hash-algorithm', 'SHA256'] : ['RSA-PKCS'];
  const files = ['--input-file', 'cryptogram', '--output-file', 'plain'];
  await opensc.pkcs11(...login(key), '--decrypt', '--mechanism', ...mechanism, '--id', key.id, ...files);
  expect(readFileSync(join(opensc.folder, 'plain'), 'utf8')).toBe(hello);
}

/** pkcs11-tool and node:crypto agree on the same secret with the card's key on P-256. */
export async function agreesAs(opensc: OpenScAtCard, key: JudgedKey): Promise<void> {
  const cardKey = createPublicKey(readFileSync(join(opensc.folder, await publicKeyFile(opensc, key))));
  const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  writeFileSync(join(opensc.folder, 'other.der'), other.publicKey.export({ format: 'der', type: 'spki' }));
  const files = ['--input-file', 'other.der', '--output-file', 'secret'];
  await opensc.pkcs11(...login(key), '--derive', '--mechanism', 'ECDH1-DERIVE', '--id', key.id, ...files);
  const expected = diffieHellman({ privateKey: other.privateKey, publicKey: cardKey });
  expect(readFileSync(join(opensc.folder, 'secret')).equals(expected)).toBe(true);
}
