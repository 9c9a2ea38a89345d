import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decryptsAs, signsAs } from '../support/opensc-key-use.js';
import { withOpenSc, type OpenScAtCard } from '../support/opensc-at-card.js';
import {
  emptyPkcs15FixtureCard,
  pkcs15FixtureCard,
  type Pkcs15FixtureCard,
} from '../support/virtual-pkcs15-fixture.js';

const pin = '1234';
const puk = '1234567812345678';
const owner = ['--auth-id', 'FF', '--pin', pin, '--so-pin', pin];

const triesLeft = ({ state }: Pkcs15FixtureCard, role: 'pin' | 'puk'): number =>
  state().secrets.find((secret) => secret.role === role)!.triesLeft;

const initialize = ({ run }: OpenScAtCard): Promise<string> =>
  run('pkcs15-init', '-C', '--pin', pin, '--puk', puk, '--so-pin', pin, '--so-puk', puk, '-l', 'TEST card');

describe('unmodified OpenSC at an IsoApplet card', () => {
  it('initializes an empty card, and has RSA and EC keys generated', async () => {
    const { card } = emptyPkcs15FixtureCard('isoapplet');
    await withOpenSc(card, async (opensc) => {
      await initialize(opensc);
      await opensc.run('pkcs15-init', '-G', 'rsa/2048', ...owner, '--id', '45', '--key-usage', 'sign,decrypt');
      await opensc.pkcs11('-l', '-p', pin, '--keypairgen', '--key-type', 'EC:prime256v1', '--id', '46');
      await opensc.pkcs11('-l', '-p', pin, '--keypairgen', '--key-type', 'EC:secp384r1', '--id', '47');
      const dump = await opensc.run('pkcs15-tool', '-D');
      expect(dump).toContain('PKCS#15 Card [TEST card]');
      expect(dump.match(/^Private (RSA|EC) Key/gm)).toEqual(['Private RSA Key', 'Private EC Key', 'Private EC Key']);
      await signsAs(opensc, { id: '45', pin }, 'SHA256-RSA-PKCS');
      await signsAs(opensc, { id: '46', pin }, 'ECDSA-SHA1');
      await signsAs(opensc, { id: '47', pin }, 'ECDSA-SHA1');
      await decryptsAs(opensc, { id: '45', pin }, 'pkcs1');
    });
  });

  it('imports a key that openssl made, and its certificate, and signs with it', async () => {
    const { card } = emptyPkcs15FixtureCard('isoapplet');
    await withOpenSc(card, async (opensc) => {
      await initialize(opensc);
      const request = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=TEST import', '-days', '30'];
      await opensc.run('openssl', 'req', ...request, '-keyout', 'key.pem', '-out', 'certificate.pem');
      await opensc.run('pkcs15-init', '-S', 'key.pem', ...owner, '--id', '50', '--key-usage', 'sign,decrypt');
      await opensc.run('pkcs15-init', '-X', 'certificate.pem', ...owner, '--id', '50');
      expect(await opensc.run('pkcs15-tool', '--read-certificate', '50')).toContain('BEGIN CERTIFICATE');
      const key = { id: '50', pin };
      await signsAs(opensc, key, 'SHA512-RSA-PKCS');
      await decryptsAs(opensc, key, 'pkcs1');
    });
  });

  it('reads, writes and deletes certificates, and signs, at a card that we personalized', async () => {
    const { card, p256 } = pkcs15FixtureCard('isoapplet');
    await withOpenSc(card, async (opensc) => {
      const count = async (): Promise<number> =>
        (await opensc.run('pkcs15-tool', '-c')).match(/^X\.509 Certificate/gm)?.length ?? 0;
      expect(await count()).toBe(3);
      await signsAs(opensc, { id: '45', pin }, 'SHA256-RSA-PKCS');
      await signsAs(opensc, { id: '46', pin }, 'ECDSA-SHA1');
      await decryptsAs(opensc, { id: '45', pin }, 'pkcs1');
      writeFileSync(join(opensc.folder, 'more.der'), p256.der);
      await opensc.pkcs11('-l', '-p', pin, '--write-object', 'more.der', '--type', 'cert', '--id', '60');
      expect(await count()).toBe(4);
      await opensc.pkcs11('-l', '-p', pin, '--delete-object', '--type', 'cert', '--id', '45');
      await opensc.run('pkcs15-init', '--delete-objects', 'pubkey,cert', ...owner, '--id', '46');
      expect(await count()).toBe(2);
      await opensc.run('pkcs15-init', '-G', 'rsa/2048', ...owner, '--id', '61');
      await signsAs(opensc, { id: '61', pin }, 'SHA256-RSA-PKCS');
      expect(await opensc.pkcs11('-O')).toContain('TEST P-384');
    });
  });

  it('verifies, changes and unblocks the PIN; only what was wrong costs a try', async () => {
    const fixture = pkcs15FixtureCard('isoapplet');
    await withOpenSc(fixture.card, async ({ run, refused }) => {
      await run('pkcs15-tool', '--verify-pin', '--pin', pin);
      expect(triesLeft(fixture, 'pin')).toBe(3);
      for (const left of [2, 1, 0]) {
        await refused('pkcs15-tool', '--verify-pin', '--pin', '9999');
        expect(triesLeft(fixture, 'pin')).toBe(left);
      }
      await refused('pkcs15-tool', '--verify-pin', '--pin', pin);
      await refused('pkcs15-tool', '--unblock-pin', '--puk', '8888888888888888', '--new-pin', '4321');
      expect(triesLeft(fixture, 'puk')).toBe(2);
      await run('pkcs15-tool', '--unblock-pin', '--puk', puk, '--new-pin', '4321');
      expect([triesLeft(fixture, 'pin'), triesLeft(fixture, 'puk')]).toEqual([3, 3]);
      await run('pkcs15-tool', '--change-pin', '--pin', '4321', '--new-pin', '1357924680');
      await run('pkcs15-tool', '--verify-pin', '--pin', '1357924680');
      expect(triesLeft(fixture, 'pin')).toBe(3);
    });
  });

  it('is told that a full card is full', async () => {
    const { card } = emptyPkcs15FixtureCard('isoapplet', { capacity: 1500 });
    await withOpenSc(card, async (opensc) => {
      await initialize(opensc);
      const said = await opensc.refused('pkcs15-init', '-G', 'rsa/2048', ...owner, '--id', '45');
      expect(said).toMatch(/not enough memory/i);
    });
  });
});
