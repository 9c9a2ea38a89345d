import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withOpenSc, type OpenScAtCard } from '../support/opensc-at-card.js';
import { agreesAs, decryptsAs, signsAs } from '../support/opensc-key-use.js';
import {
  emptyPkcs15FixtureCard,
  pkcs15FixtureCard,
  pkcs15SignaturePin,
  type Pkcs15FixtureCard,
} from '../support/virtual-pkcs15-fixture.js';

const pin = '1234';
const puk = '12345678';
const soPin = '87654321';
const owner = ['--auth-id', '01', '--pin', pin, '--so-pin', soPin];
const usage = ['--key-usage', 'sign,decrypt'];

const triesLeft = ({ state }: Pkcs15FixtureCard, role: 'pin' | 'puk'): number =>
  state().secrets.find((secret) => secret.role === role && secret.reference === 1)!.triesLeft;

/** With an erasure first, the card learns who may erase it later. */
async function initialize({ run }: OpenScAtCard): Promise<void> {
  await run('pkcs15-init', '-E', '--so-pin', soPin);
  await run('pkcs15-init', '-C', '--so-pin', soPin, '--so-puk', soPin, '-l', 'TEST card');
  await run('pkcs15-init', '-P', '--auth-id', '01', '--pin', pin, '--puk', puk, '--so-pin', soPin, '-l', 'User PIN');
  await run('pkcs15-init', '-F', '--so-pin', soPin);
}

describe('unmodified OpenSC at a MyEID card', () => {
  it('initializes and activates an empty card, and has RSA-2048 and RSA-3072 keys generated', async () => {
    const { card } = emptyPkcs15FixtureCard('myeid');
    await withOpenSc(card, async (opensc) => {
      expect(await opensc.run('opensc-tool', '-n')).toContain('MyEID 4.5.0');
      await initialize(opensc);
      await opensc.run('pkcs15-init', '-G', 'rsa/2048', ...owner, '--id', '45', ...usage);
      await opensc.run('pkcs15-init', '-G', 'rsa/3072', ...owner, '--id', '46', ...usage);
      const dump = await opensc.run('pkcs15-tool', '-D');
      expect(dump).toContain('PKCS#15 Card [TEST card]');
      expect(dump.match(/^Private RSA Key/gm)).toHaveLength(2);
      await signsAs(opensc, { id: '45', pin }, 'SHA256-RSA-PKCS-PSS');
      await signsAs(opensc, { id: '46', pin }, 'SHA512-RSA-PKCS');
      await decryptsAs(opensc, { id: '46', pin }, 'pkcs1');
    });
  });

  it('has P-256 and P-384 keys generated, and signs with every hash', async () => {
    const { card } = emptyPkcs15FixtureCard('myeid');
    await withOpenSc(card, async (opensc) => {
      await initialize(opensc);
      await opensc.run('pkcs15-init', '-G', 'ec/prime256v1', ...owner, '--id', '47', '--key-usage', 'sign');
      await opensc.pkcs11('-l', '-p', pin, '--keypairgen', '--key-type', 'EC:secp384r1', '--id', '48');
      for (const hash of ['SHA1', 'SHA256', 'SHA384']) await signsAs(opensc, { id: '47', pin }, `ECDSA-${hash}`);
      await signsAs(opensc, { id: '48', pin }, 'ECDSA-SHA384');
    });
  });

  it('loads keys that openssl made, and signs with them', async () => {
    const { card } = emptyPkcs15FixtureCard('myeid');
    await withOpenSc(card, async (opensc) => {
      await initialize(opensc);
      const rsa = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', 'rsa.pem'];
      await opensc.run('openssl', 'genpkey', ...rsa);
      await opensc.run('openssl', 'ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'ec.pem');
      await opensc.run('pkcs15-init', '-S', 'rsa.pem', ...owner, '--id', '50', ...usage);
      await opensc.run('pkcs15-init', '-S', 'ec.pem', ...owner, '--id', '51', '--key-usage', 'sign');
      await signsAs(opensc, { id: '50', pin }, 'SHA256-RSA-PKCS');
      await decryptsAs(opensc, { id: '50', pin }, 'oaep');
      await signsAs(opensc, { id: '51', pin }, 'ECDSA-SHA256');
    });
  });

  it('reads, signs, decrypts, writes and deletes at a card that we personalized, with two PINs', async () => {
    const { card, p256 } = pkcs15FixtureCard('myeid');
    await withOpenSc(card, async (opensc) => {
      const count = async (): Promise<number> =>
        (await opensc.run('pkcs15-tool', '-c')).match(/^X\.509 Certificate/gm)?.length ?? 0;
      expect(await count()).toBe(3);
      expect(await opensc.pkcs11('-L')).toMatch(/\(User PIN\)[^]*\(Signature PIN\)/);
      await signsAs(opensc, { id: '45', pin }, 'SHA256-RSA-PKCS');
      await signsAs(opensc, { id: '45', pin }, 'SHA384-RSA-PKCS-PSS');
      await decryptsAs(opensc, { id: '45', pin }, 'pkcs1');
      await decryptsAs(opensc, { id: '45', pin }, 'oaep');
      await signsAs(opensc, { id: '46', pin }, 'ECDSA-SHA256');
      await agreesAs(opensc, { id: '46', pin });
      const second = { id: '47', pin: pkcs15SignaturePin, arguments: ['--slot', '1'] };
      await signsAs(opensc, second, 'ECDSA-SHA384');
      writeFileSync(join(opensc.folder, 'more.der'), p256.der);
      await opensc.pkcs11('-l', '-p', pin, '--write-object', 'more.der', '--type', 'cert', '--id', '60');
      expect(await count()).toBe(4);
      await opensc.pkcs11('-l', '-p', pin, '--delete-object', '--type', 'cert', '--id', '60');
      expect(await count()).toBe(3);
    });
  });

  it('verifies, changes and unblocks the PIN; only what was wrong costs a try', async () => {
    const fixture = pkcs15FixtureCard('myeid');
    await withOpenSc(fixture.card, async ({ run, refused }) => {
      const user = ['--auth-id', '01'];
      await run('pkcs15-tool', ...user, '--verify-pin', '--pin', pin);
      for (const left of [2, 1, 0]) {
        await refused('pkcs15-tool', ...user, '--verify-pin', '--pin', '9999');
        expect(triesLeft(fixture, 'pin')).toBe(left);
      }
      await refused('pkcs15-tool', ...user, '--unblock-pin', '--puk', '88888888', '--new-pin', '4321');
      expect(triesLeft(fixture, 'puk')).toBe(9);
      await run('pkcs15-tool', ...user, '--unblock-pin', '--puk', puk, '--new-pin', '4321');
      expect([triesLeft(fixture, 'pin'), triesLeft(fixture, 'puk')]).toEqual([3, 10]);
      await run('pkcs15-tool', ...user, '--change-pin', '--pin', '4321', '--new-pin', '24680');
      await run('pkcs15-tool', ...user, '--verify-pin', '--pin', '24680');
    });
  });
});
