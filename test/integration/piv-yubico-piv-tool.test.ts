import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toHex } from '../../src/core/bytes.js';
import { filePivStore } from '../../src/sandbox/virtual-piv/piv-card-stores.js';
import { personalizePiv } from '../../src/sandbox/virtual-piv/personalize-piv.js';
import { VirtualPivCard } from '../../src/sandbox/virtual-piv/virtual-piv-card.js';
import type { PivCardStore } from '../../src/sandbox/virtual-piv/piv-card-state.js';
import { keyOption, startPivJudges, type PivJudges } from '../support/piv-judges.js';
import {
  pivManagementKey,
  pivPin,
  pivPuk,
  testPivPeople,
  testPivPersonalization,
} from '../support/virtual-piv-fixture.js';

let judges: PivJudges;
let store: PivCardStore;
const key = keyOption(pivManagementKey);
const reader = ['-r', 'TEST'];
const openSslKey = ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];

/** An empty YubiKey, with its memory in a file. */
beforeEach(async () => {
  judges = await startPivJudges();
  judges.write('message', 'What is signed with a virtual PIV card.\n');
  store = filePivStore(`${judges.folder}/card`);
  store.save(personalizePiv(testPivPersonalization({ atrKind: 'yubikey', slots: [] })));
  judges.insert(new VirtualPivCard({ store }));
});
afterEach(() => judges.stop());

/** Lets the card make a key, and a certificate for it be put beside. */
async function generate(slot: string, algorithm: string, ...options: string[]): Promise<void> {
  await judges.yubico('-a', 'generate', '-s', slot, '-A', algorithm, '-o', `${slot}.pub`, key, ...options);
  const request = ['x509', '-new', '-subj', `/CN=TEST slot ${slot}`, '-days', '30', '-force_pubkey', `${slot}.pub`];
  await judges.run('openssl', ...request, '-key', 'ca.pem', '-out', `${slot}.pem`);
  await judges.yubico('-a', 'import-certificate', '-s', slot, '-i', `${slot}.pem`, key);
}

const withPin = (...args: string[]): Promise<string> => judges.yubico('-a', 'verify-pin', '-P', pivPin, ...args);
const signs = (slot: string): Promise<string> => withPin('-a', 'test-signature', '-s', slot, '-i', `${slot}.pem`);

async function opensslAccepts(publicKey: string, signature: string): Promise<void> {
  const check = ['dgst', '-sha256', '-verify', publicKey, '-signature', signature, 'message'];
  expect(await judges.run('openssl', ...check)).toBe('Verified OK\n');
}

describe('unmodified yubico-piv-tool on VirtualPivCard', () => {
  it('makes keys and certificates, which it and OpenSC then use', async () => {
    await judges.run('openssl', ...openSslKey, '-out', 'ca.pem');
    await generate('9a', 'RSA2048');
    await generate('9c', 'ECCP256');
    await generate('9d', 'RSA1024');
    await generate('9e', 'ECCP384');
    const status = await judges.yubico('-a', 'status');
    for (const slot of ['9a', '9c', '9d', '9e']) expect(status).toContain(`CN=TEST slot ${slot}`);
    expect(status).toMatch(/^PIN tries left:\s*3$/m);
    expect(await signs('9a')).toContain('Successful RSA verification');
    expect(await signs('9c')).toContain('Successful ECDSA verification');
    expect(await signs('9e')).toContain('Successful ECDSA verification');
    expect(await withPin('-a', 'test-decipher', '-s', '9d', '-i', '9d.pem')).toContain('performed RSA decryption');

    expect((await judges.pkcs11('-O')).match(/^Certificate Object/gm)).toHaveLength(4);
    const sign = ['-l', '-p', pivPin, '-s', '-i', 'message'];
    await judges.pkcs11(...sign, '-m', 'SHA256-RSA-PKCS', '-d', '01', '-o', 'rsa.sig');
    await opensslAccepts('9a.pub', 'rsa.sig');
    await judges.pkcs11(...sign, '-m', 'ECDSA-SHA256', '--signature-format', 'openssl', '-d', '02', '-o', 'ec.sig');
    await opensslAccepts('9c.pub', 'ec.sig');
  });

  it('does not sign without a PIN, except with the key that wants none', async () => {
    await judges.run('openssl', ...openSslKey, '-out', 'ca.pem');
    await generate('9c', 'ECCP256');
    await generate('9e', 'ECCP256');
    const unsigned = await judges.fails(
      'yubico-piv-tool',
      ...reader,
      '-a',
      'test-signature',
      '-s',
      '9c',
      '-i',
      '9c.pem',
    );
    expect(unsigned).not.toContain('Successful ECDSA');
    expect(await judges.yubico('-a', 'test-signature', '-s', '9e', '-i', '9e.pem')).toContain('Successful ECDSA');
  });

  it('counts wrong PINs, unblocks by PUK, and changes PIN and PUK', async () => {
    await judges.yubico('-a', 'change-pin', '-P', pivPin, '-N', '65432187');
    const wrong = ['-a', 'verify-pin', '-P', pivPin];
    expect(await judges.fails('yubico-piv-tool', ...reader, ...wrong)).toContain('2 tries left');
    expect(await judges.fails('yubico-piv-tool', ...reader, ...wrong)).toContain('1 tries left');
    expect(await judges.fails('yubico-piv-tool', ...reader, ...wrong)).toContain('blocked');
    await judges.fails('yubico-piv-tool', ...reader, '-a', 'verify-pin', '-P', '65432187');
    await judges.fails('yubico-piv-tool', ...reader, '-a', 'unblock-pin', '-P', '11112222', '-N', '777777');
    expect([store.load().pin.triesLeft, store.load().puk.triesLeft]).toEqual([0, 2]);
    await judges.yubico('-a', 'unblock-pin', '-P', pivPuk, '-N', '777777');
    await judges.yubico('-a', 'verify-pin', '-P', '777777');
    await judges.yubico('-a', 'change-puk', '-P', pivPuk, '-N', '11223344');
    await judges.fails('yubico-piv-tool', ...reader, '-a', 'change-puk', '-P', pivPuk, '-N', '11223344');
    expect([store.load().pin.triesLeft, store.load().puk.triesLeft]).toEqual([3, 2]);
  });

  it('sets CHUID, CCC, management key and retries, and resets the card only when both codes are blocked', async () => {
    const other = '000102030405060708090a0b0c0d0e0f1011121314151617';
    await judges.yubico('-a', 'set-chuid', '-a', 'set-ccc', key);
    expect(await judges.yubico('-a', 'status')).toMatch(/^CHUID:\s+3019d4e7/m);
    await judges.fails('yubico-piv-tool', ...reader, '-a', 'set-chuid', `--key=${other}`);
    await judges.yubico('-a', 'set-mgm-key', key, '-n', other);
    expect(toHex(store.load().managementKey.value)).toBe(other);
    await judges.fails('yubico-piv-tool', ...reader, '-a', 'set-chuid', key);
    await withPin('-a', 'pin-retries', '--pin-retries', '1', '--puk-retries', '2', `--key=${other}`);
    expect(await judges.yubico('-a', 'status')).toMatch(/^PIN tries left:\s*1$/m);
    await judges.fails('yubico-piv-tool', ...reader, '-a', 'reset');
    await judges.fails('yubico-piv-tool', ...reader, '-a', 'verify-pin', '-P', '999999');
    for (let tries = 0; tries < 2; tries += 1) {
      await judges.fails('yubico-piv-tool', ...reader, '-a', 'unblock-pin', '-P', '99999999', '-N', '777777');
    }
    await judges.yubico('-a', 'reset');
    expect(store.load()).toMatchObject({ keys: [], objects: [], pin: { triesLeft: 3 }, puk: { triesLeft: 3 } });
    await judges.yubico('-a', 'set-chuid');
  });

  it('imports keys and certificates, also into a retired slot and compressed, and deletes', async () => {
    const { rsa, p384 } = testPivPeople();
    const pem = (privateKey: typeof rsa.privateKey): string =>
      privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    judges.write('rsa.key', pem(rsa.privateKey));
    judges.write('p384.key', pem(p384.privateKey));
    judges.write('82.pem', pemOf(rsa.der));
    judges.write('9a.pem', pemOf(p384.der));
    await judges.yubico('-a', 'import-key', '-s', '82', '-i', 'rsa.key', key);
    await judges.yubico('-a', 'import-key', '-s', '9a', '-i', 'p384.key', key);
    await judges.yubico('-a', 'import-certificate', '-s', '82', '-i', '82.pem', key);
    await judges.yubico('-a', 'import-certificate', '-s', '9a', '-i', '9a.pem', key);
    expect(await signs('82')).toContain('Successful RSA');
    expect(await signs('9a')).toContain('Successful ECDSA');
    await judges.yubico('-a', 'delete-certificate', '-s', '9a', key);
    expect(store.load().objects.some(({ tag }) => tag === 0x5fc105)).toBe(false);
    expect(await judges.yubico('-a', 'read-certificate', '-s', '82')).toBe(pemOf(rsa.der));
  });
});

function pemOf(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
