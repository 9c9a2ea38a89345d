import { constants, createHash, verify, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ApduExchange } from '../../src/cards/apdu-exchange.js';
import type { CardApplication, CardContents, CardKey } from '../../src/cards/card-application.js';
import { toHex } from '../../src/core/bytes.js';
import type { KeySpec } from '../../src/model/key.js';
import type { SignatureAlgorithm } from '../../src/model/signature.js';
import type { VirtualPkcs15Card } from '../../src/sandbox/virtual-pkcs15/virtual-pkcs15-card.js';
import { withOpenSc, type OpenScAtCard } from '../support/opensc-at-card.js';
import { decryptsAs, signsAs } from '../support/opensc-key-use.js';
import { testPeople } from '../support/virtual-card-fixture.js';
import { emptyPkcs15FixtureCard, pkcs15FixtureCard } from '../support/virtual-pkcs15-fixture.js';
import { exchangeWith, recognized, verified } from '../unit/cards/pkcs15/virtual-card-exchange.js';
import { certificateFor, newKey } from '../support/writing.js';

const pin = '1234';
const soPin = '87654321';

const initialize = {
  async isoapplet({ run }: OpenScAtCard): Promise<void> {
    const puk = '1234567812345678';
    const codes = ['--pin', pin, '--puk', puk, '--so-pin', pin, '--so-puk', puk];
    await run('pkcs15-init', '-C', ...codes, '-l', 'TEST card', '--serial', '0102030405060708');
  },
  async myeid({ run }: OpenScAtCard): Promise<void> {
    const user = ['--auth-id', '01', '--pin', pin, '--puk', '12345678', '-l', 'User PIN'];
    await run('pkcs15-init', '-C', '--so-pin', soPin, '--so-puk', soPin, '-l', 'TEST card');
    await run('pkcs15-init', '-P', ...user, '--so-pin', soPin);
    await run('pkcs15-init', '-F', '--so-pin', soPin);
  },
} as const;

const owner = {
  isoapplet: ['--auth-id', 'FF', '--pin', pin, '--so-pin', pin],
  myeid: ['--auth-id', '01', '--pin', pin, '--so-pin', soPin],
} as const;

async function read(card: VirtualPkcs15Card): Promise<[CardApplication, CardContents]> {
  const exchange = exchangeWith(card);
  const application = await recognized(card, exchange);
  return [application, await application.readContents(exchange)];
}

/** A transaction with the PIN verified, in which we write. */
async function writing<T>(
  card: VirtualPkcs15Card,
  work: (writer: NonNullable<CardApplication['writer']>, exchange: ApduExchange) => Promise<T>,
): Promise<T> {
  card.reset();
  const [application, { pins }] = await read(card);
  const exchange = await verified(card, application, pins[0]!, pin);
  const result = await work(application.writer!, exchange);
  await application.dropPin(exchange, pins[0]!);
  return result;
}

const [rsaId, ecId, tornId] = [0xa0, 0xb0, 0xc0].map((from) =>
  Uint8Array.from({ length: 16 }, (_, at) => from + at),
) as [Uint8Array, Uint8Array, Uint8Array];

/** Keys whose certificate is gone or not there yet, also one that was not made to its end, are no trouble to OpenSC. */
async function keysWithoutCertificates(card: VirtualPkcs15Card, opensc: OpenScAtCard, der: Uint8Array): Promise<void> {
  const [, { certificates }] = await read(card);
  const keyReference = certificates.find((one) => Buffer.compare(one.der, der) === 0)?.key?.reference;
  const count = async (kind: string): Promise<number> =>
    [...(await opensc.run('pkcs15-tool', '-D')).matchAll(new RegExp(`^${kind} `, 'gm'))].length;
  await writing(card, (writer, exchange) => writer.removeCertificate(exchange, { keyReference, der, keepKey: true }));
  expect([await count('X.509'), await count('Private'), await count('Public')]).toEqual([1, 2, 2]);
  await signsAs(opensc, { id: toHex(rsaId), pin }, 'SHA256-RSA-PKCS');
  await writing(card, (writer, exchange) =>
    writer.storeCertificate(exchange, { keyReference: keyReference!, der, label: 'TEST ours RSA' }),
  );
  expect(await count('X.509')).toBe(2);

  const gone = new Error('card is gone');
  const torn = writing(card, (writer, exchange) => {
    const send: ApduExchange['send'] = async (command, options) => {
      // Before the private key comes to be.
      if (command.ins === 0x46) throw gone;
      return await exchange.send(command, options);
    };
    return writer.generateKeyPair({ ...exchange, send }, newKey({ keyId: tornId }));
  });
  await expect(torn).rejects.toBe(gone);
  expect([await count('X.509'), await count('Private'), await count('Public')]).toEqual([2, 2, 3]);
  expect((await opensc.pkcs11('-l', '-p', pin, '-O')).match(/^Private Key Object/gm)).toHaveLength(2);
  await signsAs(opensc, { id: toHex(rsaId), pin }, 'SHA256-RSA-PKCS');
  await writing(card, (writer, exchange) => writer.removeKey(exchange, tornId));
  expect([await count('X.509'), await count('Private'), await count('Public')]).toEqual([2, 2, 2]);
}

/** We make a key and store a certificate for it. */
async function provide(card: VirtualPkcs15Card, spec: KeySpec, name: string, keyId: Uint8Array): Promise<Uint8Array> {
  const made = await writing(card, (writer, exchange) =>
    writer.generateKeyPair(exchange, newKey({ spec, label: name, keyId })),
  );
  const der = certificateFor(made.publicKey, name, testPeople().rsa.privateKey, 'any');
  await writing(card, (writer, exchange) =>
    writer.storeCertificate(exchange, { keyReference: made.reference, der, label: name }),
  );
  return der;
}

/** We sign with the key of a certificate, and Node agrees. */
async function weSign(card: VirtualPkcs15Card, der: Uint8Array, algorithm: SignatureAlgorithm): Promise<void> {
  card.reset();
  const [application, contents] = await read(card);
  const held = contents.certificates.find((certificate) => Buffer.compare(certificate.der, der) === 0);
  const key: CardKey | undefined = held?.key;
  expect(key).toBeDefined();
  const exchange = await verified(card, application, contents.pins[0]!, pin);
  const text = Buffer.from('TEST text');
  const { publicKey } = new X509Certificate(der);
  const isEc = algorithm.startsWith('ES');
  const hash = algorithm === 'ES384' ? 'sha384' : 'sha256';
  const length = isEc ? (algorithm === 'ES384' ? 96 : 64) : publicKey.asymmetricKeyDetails!.modulusLength! / 8;
  const digest = createHash(hash).update(text).digest();
  const signature = await application.sign(exchange, { keyReference: key!.reference, algorithm, digest, length });
  const how = isEc ? { dsaEncoding: 'ieee-p1363' as const } : { padding: constants.RSA_PKCS1_PADDING };
  expect(verify(hash, text, { key: publicKey, ...how }, signature)).toBe(true);
}

describe.each(['isoapplet', 'myeid'] as const)('createPkcs15Family() and unmodified OpenSC at one %s card', (set) => {
  it('OpenSC reads, uses, extends and deletes what we wrote; we read and use what it wrote', async () => {
    const { card } = emptyPkcs15FixtureCard(set);
    await withOpenSc(card, async (opensc) => {
      await initialize[set](opensc);
      const rsa = await provide(card, 'rsa-2048', 'TEST ours RSA', rsaId);
      const ec = await provide(card, 'ec-p256', 'TEST ours P-256', ecId);

      const dump = await opensc.run('pkcs15-tool', '-D');
      expect(dump.match(/^Private (?:RSA|EC) Key \[.*\]/gm)).toEqual([
        'Private RSA Key [TEST ours RSA]',
        'Private EC Key [TEST ours P-256]',
      ]);
      expect(dump.match(/^Public (?:RSA|EC) Key \[.*\]/gm)).toHaveLength(2);
      expect(dump.match(/^X\.509 Certificate \[.*\]/gm)).toHaveLength(2);
      expect(await opensc.run('pkcs15-tool', '--read-certificate', toHex(rsaId))).toContain(
        Buffer.from(rsa).toString('base64').slice(0, 48),
      );
      await signsAs(opensc, { id: toHex(rsaId), pin }, 'SHA256-RSA-PKCS');
      await decryptsAs(opensc, { id: toHex(rsaId), pin }, 'pkcs1');
      await signsAs(opensc, { id: toHex(ecId), pin }, set === 'myeid' ? 'ECDSA-SHA256' : 'ECDSA-SHA1');
      await keysWithoutCertificates(card, opensc, rsa);

      await opensc.run('pkcs15-init', '-G', 'rsa/2048', ...owner[set], '--id', '50', '--key-usage', 'sign,decrypt');
      await opensc.run('pkcs15-tool', '--read-public-key', '50', '--output', 'theirs.pem');
      const signed = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.pem', '-subj', '/CN=TEST theirs'];
      await opensc.run('openssl', ...signed, '-out', 'theirs-self.pem');
      const forced = ['x509', '-in', 'theirs-self.pem', '-force_pubkey', 'theirs.pem', '-signkey', 'ca.pem'];
      await opensc.run('openssl', ...forced, '-out', 'theirs-certificate.pem');
      await opensc.run('pkcs15-init', '-X', 'theirs-certificate.pem', ...owner[set], '--id', '50');
      const [, contents] = await read(card);
      expect(contents.unreadable).toEqual([]);
      expect(contents.certificates).toHaveLength(3);
      const theirs = contents.certificates.find(({ der }) => new X509Certificate(der).subject.includes('TEST theirs'))!;
      await weSign(card, theirs.der, 'RS256');
      await weSign(card, rsa, 'RS256');
      await weSign(card, ec, 'ES256');

      await opensc.pkcs11('-l', '-p', pin, '--delete-object', '--type', 'cert', '--id', toHex(ecId));
      expect((await read(card))[1].certificates).toHaveLength(2);
      await writing(card, (writer, exchange) =>
        writer.removeCertificate(exchange, { keyReference: theirs.key!.reference, der: theirs.der, keepKey: false }),
      );
      const after = await opensc.run('pkcs15-tool', '-D');
      expect(after.match(/^X\.509 Certificate/gm)).toHaveLength(1);
      expect(after.match(/^Private /gm)).toHaveLength(2);
      await signsAs(opensc, { id: toHex(rsaId), pin }, 'SHA256-RSA-PKCS');
    });
  });

  it('OpenSC follows and extends a directory that we moved to another file', async () => {
    const { card, rsa, state } = pkcs15FixtureCard(set);
    await provide(card, 'ec-p256', 'TEST fourth', rsaId);
    await provide(card, 'ec-p256', 'TEST fifth', ecId);
    const keyReference = set === 'isoapplet' ? 0 : 0x4b01;
    await writing(card, (writer, exchange) =>
      writer.removeCertificate(exchange, { keyReference, der: rsa.der, keepKey: false }),
    );
    const moved = state().root.children.flatMap((file) => (file.kind === 'df' ? file.children : []));
    expect(moved.map(({ fid }) => fid)).toContain(0x4412);
    await withOpenSc(card, async (opensc) => {
      expect((await opensc.run('pkcs15-tool', '-D')).match(/^Private EC Key/gm)).toHaveLength(4);
      await signsAs(opensc, { id: toHex(rsaId), pin }, set === 'myeid' ? 'ECDSA-SHA256' : 'ECDSA-SHA1');
      await opensc.run('pkcs15-init', '-G', 'ec/prime256v1', ...owner[set], '--id', '50', '--key-usage', 'sign');
      expect((await opensc.run('pkcs15-tool', '-D')).match(/^Private EC Key/gm)).toHaveLength(5);
    });
    expect((await read(card))[1].certificates).toHaveLength(4);
  });
});
