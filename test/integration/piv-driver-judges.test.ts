import { createHash, publicEncrypt, verify, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApduExchange } from '../../src/cards/apdu-exchange.js';
import type { CardApplication } from '../../src/cards/card-application.js';
import { verifyPin } from '../../src/cards/pin-commands.js';
import { toHex } from '../../src/core/bytes.js';
import { Secret } from '../../src/core/secret.js';
import type { KeySpec } from '../../src/model/key.js';
import { keyOption, startPivJudges, type PivJudges } from '../support/piv-judges.js';
import { secretOf } from '../support/token-bench.js';
import { pivManagementKey, pivPin, testPivPeople } from '../support/virtual-piv-fixture.js';
import { certificateFor, newKey } from '../support/writing.js';
import { pivBench, type PivBench } from '../unit/cards/piv/virtual-piv-bench.js';

let judges: PivJudges;
beforeEach(async () => {
  judges = await startPivJudges();
  judges.write('message', message);
});
afterEach(() => judges.stop());

const message = Buffer.from('What is signed with a virtual PIV card.\n');
const issuer = testPivPeople().rsa.privateKey;
const withPin = (...args: string[]): Promise<string> => judges.yubico('-a', 'verify-pin', '-P', pivPin, ...args);
const publicKeyOf = (der: Uint8Array) => new X509Certificate(der).publicKey;

/** Work of ours with the card, from a reset on. */
async function ours<T>(
  { card, connect, recognize }: PivBench,
  work: (application: CardApplication, exchange: ApduExchange) => Promise<T>,
): Promise<T> {
  card.reset();
  const exchange = connect();
  const result = await work(await recognize(exchange), exchange);
  card.reset();
  return result;
}

/** We make a key and store a certificate for it, which is left in a file as well. */
async function provide(bench: PivBench, slot: number, spec: KeySpec): Promise<Uint8Array> {
  const name = slot.toString(16);
  const der = await ours(bench, async ({ writer }, exchange) => {
    await writer!.open!(exchange, Secret.moveFrom(pivManagementKey.slice()));
    const made = await writer!.generateKeyPair(exchange, newKey({ spec }));
    expect(made.reference).toBe(slot);
    const der = certificateFor(made.publicKey, `TEST slot ${name}`, issuer);
    await writer!.storeCertificate(exchange, { keyReference: slot, der, label: '' });
    return der;
  });
  judges.write(`${name}.pem`, new X509Certificate(der).toString());
  judges.write(`${name}.pub`, publicKeyOf(der).export({ format: 'pem', type: 'spki' }));
  return der;
}

describe('createPivFamily() and other people’s programs at one card', () => {
  it('yubico-piv-tool and OpenSC read and use what we wrote, and miss what we removed', async () => {
    const bench = pivBench({ atrKind: 'yubikey', slots: [] });
    judges.insert(bench.card);
    await provide(bench, 0x9a, 'rsa-2048');
    const p256 = await provide(bench, 0x82, 'ec-p256');
    await provide(bench, 0x83, 'rsa-2048');
    const status = await judges.yubico('-a', 'status');
    for (const slot of ['9a', '82', '83']) expect(status).toContain(`CN=TEST slot ${slot}`);
    expect(await withPin('-a', 'test-signature', '-s', '9a', '-i', '9a.pem')).toContain('Successful RSA');
    expect(await withPin('-a', 'test-signature', '-s', '82', '-i', '82.pem')).toContain('Successful ECDSA');
    expect(await withPin('-a', 'test-decipher', '-s', '83', '-i', '83.pem')).toContain('performed RSA decryption');

    // OpenSC looks for retired keys only where the key history tells of them.
    expect((await judges.pkcs11('-O')).match(/^Certificate Object/gm)).toHaveLength(3);
    const sign = ['-l', '-p', pivPin, '-s', '-m', 'SHA256-RSA-PKCS', '-d', '01'];
    await judges.pkcs11(...sign, '-i', 'message', '-o', 'signature');
    const check = ['dgst', '-sha256', '-verify', '9a.pub', '-signature', 'signature', 'message'];
    expect(await judges.run('openssl', ...check)).toBe('Verified OK\n');

    await ours(bench, async ({ writer }, exchange) => {
      await writer!.open!(exchange, Secret.moveFrom(pivManagementKey.slice()));
      await writer!.removeCertificate(exchange, { keyReference: 0x82, der: p256, keepKey: false });
    });
    expect(await judges.yubico('-a', 'status')).not.toContain('CN=TEST slot 82');
    expect((await judges.pkcs11('-O')).match(/^Certificate Object/gm)).toHaveLength(2);
  });

  it('yubico-piv-tool finds the key that a card keeps under its PIN, and reads what we wrote with it', async () => {
    const bench = pivBench({ atrKind: 'yubikey', slots: [], managementKeyUnderPin: true });
    judges.insert(bench.card);
    const printed = ['-a', 'read-object', '--id', '0x5fc109', '-f', 'hex'];
    expect((await withPin(...printed)).replaceAll(/\s/g, '')).toContain(`881a8918${toHex(pivManagementKey)}`);
    const der = await ours(bench, async (application, exchange) => {
      const { writer } = application;
      const { pins } = await application.readContents(exchange);
      await verifyPin(exchange, pins[0]!, secretOf(pivPin));
      await writer!.open!(exchange, undefined);
      const made = await writer!.generateKeyPair(exchange, newKey());
      const certificate = certificateFor(made.publicKey, 'TEST under PIN', issuer);
      await writer!.storeCertificate(exchange, { keyReference: made.reference, der: certificate, label: '' });
      return certificate;
    });
    judges.write('9a.pem', new X509Certificate(der).toString());
    expect(await judges.yubico('-a', 'status')).toContain('CN=TEST under PIN');
    expect(await withPin('-a', 'test-signature', '-s', '9a', '-i', '9a.pem')).toContain('Successful ECDSA');
  });

  it('a slot that is kept for a key has no certificate for other programs, and theirs are as they were', async () => {
    const bench = pivBench({ atrKind: 'yubikey', slots: [] });
    judges.insert(bench.card);
    await provide(bench, 0x9a, 'rsa-2048');
    await ours(bench, async ({ writer }, exchange) => {
      await writer!.open!(exchange, Secret.moveFrom(pivManagementKey.slice()));
      await writer!.generateKeyPair(exchange, newKey());
    });
    const status = await judges.yubico('-a', 'status');
    expect(status).toContain('CN=TEST slot 9a');
    expect(status).not.toContain('Slot 82:\n\tSubject');
    expect((await judges.pkcs11('-O')).match(/^Certificate Object/gm)).toHaveLength(1);
  });

  it('we read and use what yubico-piv-tool and piv-tool wrote, and see that it is new', async () => {
    const bench = pivBench({ atrKind: 'hist', yubico: true, slots: [] });
    judges.insert(bench.card);
    const key = keyOption(pivManagementKey);
    await judges.run('openssl', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', 'ca.pem');
    const before = await ours(bench, (application, exchange) => application.readFreshness(exchange));
    for (const [slot, algorithm] of [
      ['9a', 'ECCP256'],
      ['9d', 'RSA2048'],
    ] as const) {
      await judges.yubico('-a', 'generate', '-s', slot, '-A', algorithm, '-o', `${slot}.pub`, key);
      const request = ['x509', '-new', '-subj', `/CN=TEST slot ${slot}`, '-days', '30', '-force_pubkey', `${slot}.pub`];
      await judges.run('openssl', ...request, '-key', 'ca.pem', '-outform', 'DER', '-out', `${slot}.der`);
    }
    await judges.run('openssl', 'x509', '-in', '9a.der', '-inform', 'DER', '-out', '9a.pem');
    await judges.yubico('-a', 'import-certificate', '-s', '9a', '-i', '9a.pem', key);
    // piv-tool stores what it is given as compressed.
    await judges.run('gzip', '9d.der');
    const managementKey = [...pivManagementKey].map((byte) => byte.toString(16).padStart(2, '0')).join(':');
    judges.write('management-key', managementKey);
    const asOpenSc = ['env', `PIV_EXT_AUTH_KEY=${judges.folder}/management-key`, 'piv-tool'] as const;
    // It ends a success with a number of bytes.
    await judges.tries(...asOpenSc, '-A', 'M:9B:03', '-Z', '9D', '-i', '9d.der.gz');

    const digest = createHash('sha256').update(message).digest();
    await ours(bench, async (application, exchange) => {
      expect(await application.readFreshness(exchange)).not.toBe(before);
      const { certificates, pins, unreadable } = await application.readContents(exchange);
      expect([certificates.map(({ name }) => name), unreadable]).toEqual([['9a', '9d'], []]);
      const [signing, deciphering] = certificates.map(({ der }) => publicKeyOf(der));
      await verifyPin(exchange, pins[0]!, secretOf(pivPin));
      const request = { keyReference: 0x9a, algorithm: 'ES256', digest, length: 64 } as const;
      const signature = await application.sign(exchange, request);
      expect(verify('sha256', message, { key: signing!, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
      const cryptogram = publicEncrypt({ key: deciphering!, oaepHash: 'sha256' }, message);
      const sealed = { keyReference: 0x9d, algorithm: 'RSA-OAEP-256', cryptogram } as const;
      expect(Buffer.from(await application.decipher(exchange, sealed))).toEqual(message);
    });
  });
});
