import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { KeySpec } from '../../src/model/key.js';
import type { VirtualIdPrimeCard } from '../../src/sandbox/virtual-card/virtual-idprime-card.js';
import { withOpenSc, type OpenScAtCard } from '../support/opensc-at-card.js';
import { decryptsAs, signsAs } from '../support/opensc-key-use.js';
import { certificateOver } from '../support/self-signed-certificate.js';
import { fixtureCard, testPeople, testPin } from '../support/virtual-card-fixture.js';
import { certificateFor, newKey } from '../support/writing.js';
import { contentsOf, write } from '../unit/cards/idprime/writer-bench.js';

/** We make a key and store a certificate for it. */
async function provide(card: VirtualIdPrimeCard, spec: KeySpec, name: string): Promise<Uint8Array> {
  let der: Uint8Array = new Uint8Array();
  await write(card, async (writer, exchange) => {
    const made = await writer.generateKeyPair(exchange, newKey({ spec }));
    der = certificateFor(made.publicKey, name, testPeople().rsa.privateKey, 'any');
    await writer.storeCertificate(exchange, { keyReference: made.reference, der, label: name });
  });
  card.reset();
  return der;
}

async function remove(card: VirtualIdPrimeCard, der: Uint8Array): Promise<void> {
  const { certificates } = await contentsOf(card);
  const keyReference = certificates.find((one) => Buffer.compare(one.der, der) === 0)?.key?.reference;
  await write(card, (writer, exchange) => writer.removeCertificate(exchange, { keyReference, der, keepKey: false }));
  card.reset();
}

/** What OpenSC finds: the certificates, one after the other, as it reads them. */
async function seen(opensc: OpenScAtCard): Promise<string[]> {
  const ids = [...(await opensc.run('pkcs15-tool', '-c')).matchAll(/^\s+ID\s+: (\w+)/gm)].map(([, id]) => id!);
  const certificates: string[] = [];
  for (const id of ids) certificates.push(await opensc.run('pkcs15-tool', '--read-certificate', id));
  return certificates.map((pem) => pem.replaceAll(/-----.*-----|\s|Using reader.*/g, ''));
}

const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64');

describe.each(['940', 'md840'] as const)('createIdPrimeWriter() and unmodified OpenSC at one %s', (model) => {
  it('OpenSC lists and uses what we wrote, and no longer what we removed', async () => {
    const { rsa, p256, p384 } = testPeople();
    const { card } = fixtureCard({ model });
    await withOpenSc(card, async (opensc) => {
      const ours = await provide(card, 'rsa-2048', 'TEST ours');
      expect(await seen(opensc)).toEqual([rsa.der, p256.der, p384.der, ours].map(base64));
      await signsAs(opensc, { id: '0004', pin: testPin }, 'SHA256-RSA-PKCS');
      await signsAs(opensc, { id: '0004', pin: testPin }, 'SHA256-RSA-PKCS-PSS');
      await decryptsAs(opensc, { id: '0004', pin: testPin }, 'pkcs1');

      await remove(card, p256.der);
      expect(await seen(opensc)).toEqual([rsa.der, p384.der, ours].map(base64));
      await signsAs(opensc, { id: '0003', pin: testPin }, 'SHA256-RSA-PKCS');

      const more = await provide(card, 'rsa-2048', 'TEST more');
      expect(await seen(opensc)).toEqual([rsa.der, more, p384.der, ours].map(base64));
      await signsAs(opensc, { id: '0002', pin: testPin }, 'SHA256-RSA-PKCS');

      const renewed = certificateOver('TEST renewed', createPublicKey(rsa.privateKey), rsa.privateKey);
      const keyReference = (await contentsOf(card)).certificates[0]!.key!.reference;
      await write(card, (writer, exchange) =>
        writer.storeCertificate(exchange, { keyReference, der: renewed, label: 'TEST' }),
      );
      card.reset();
      expect((await seen(opensc))[0]).toBe(base64(renewed));
      await signsAs(opensc, { id: '0001', pin: testPin }, 'SHA256-RSA-PKCS');
    });
  });
});
