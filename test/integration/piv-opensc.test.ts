import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PivAtrKind } from '../../src/sandbox/virtual-piv/piv-card-state.js';
import { startPivJudges, type PivJudges } from '../support/piv-judges.js';
import { fixturePivCard, pivPin, pivPuk, testPivPeople, type FixturePivCard } from '../support/virtual-piv-fixture.js';

let judges: PivJudges;
const message = 'What OpenSC signs with a virtual PIV card.\n';

beforeEach(async () => {
  judges = await startPivJudges();
  judges.write('message', message);
  for (const [name, { privateKey }] of Object.entries(testPivPeople())) {
    judges.write(`${name}.key`, privateKey.export({ format: 'pem', type: 'pkcs8' }));
    await judges.run('openssl', 'pkey', '-in', `${name}.key`, '-pubout', '-out', `${name}.pub`);
  }
});
afterEach(() => judges.stop());

function insert(...args: Parameters<typeof fixturePivCard>): FixturePivCard {
  const fixture = fixturePivCard(...args);
  judges.insert(fixture.card);
  return fixture;
}

const sign = ['-l', '-p', pivPin, '-s', '-i', 'message', '-o', 'signature'];

async function expectSignature(publicKey: string, ...options: string[]): Promise<void> {
  const check = ['dgst', '-sha256', '-verify', publicKey, '-signature', 'signature', ...options, 'message'];
  expect(await judges.run('openssl', ...check)).toBe('Verified OK\n');
}

describe.each<PivAtrKind>(['hist', 'yubikey', 'generic'])(
  'unmodified OpenSC on VirtualPivCard with ATR %s',
  (atrKind) => {
    it('lists, signs with a PIN each time where the key wants it, and deciphers', async () => {
      const { store } = insert({ atrKind });
      const dump = await judges.run('pkcs15-tool', '--reader', '0', '-D');
      expect(dump.match(/^X\.509 Certificate \[/gm)).toHaveLength(5);
      expect(dump.match(/^Private (RSA|EC) Key \[/gm)).toHaveLength(5);
      expect(dump).toContain('Retired Certificate for Key Management 1');
      expect(await judges.pkcs11('-L')).toContain('serial num         : 8899aabbccddeeff');

      await judges.pkcs11(...sign, '-m', 'SHA256-RSA-PKCS', '-d', '01');
      await expectSignature('rsa.pub');
      await judges.pkcs11(...sign, '-m', 'SHA256-RSA-PKCS-PSS', '-d', '01');
      await expectSignature('rsa.pub', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32');
      await judges.pkcs11(...sign, '-m', 'ECDSA-SHA256', '--signature-format', 'openssl', '-d', '02');
      await expectSignature('p256.pub');

      const encrypt = ['pkeyutl', '-encrypt', '-pubin', '-in', 'message', '-out', 'cryptogram', '-inkey'];
      for (const [name, id] of [
        ['deciphering', '03'],
        ['retired', '05'],
      ] as const) {
        await judges.run('openssl', ...encrypt, `${name}.pub`);
        const decrypt = ['-l', '-p', pivPin, '--decrypt', '-m', 'RSA-PKCS', '-d', id];
        await judges.pkcs11(...decrypt, '-i', 'cryptogram', '-o', 'plain');
        expect(judges.read('plain').toString()).toBe(message);
      }
      expect(store.load().pin.triesLeft).toBe(3);
    });

    it('counts a wrong PIN once, changes it and unblocks it', async () => {
      const { store } = insert({ atrKind });
      const tries = (): number[] => [store.load().pin.triesLeft, store.load().puk.triesLeft];
      const pkcs15 = ['--reader', '0', '--auth-id', '01'];
      await judges.fails('pkcs15-tool', ...pkcs15, '--verify-pin', '--pin', '999999');
      expect(tries()).toEqual([2, 3]);
      await judges.run('pkcs15-tool', ...pkcs15, '--verify-pin', '--pin', pivPin);
      expect(tries()).toEqual([3, 3]);
      await judges.run('pkcs15-tool', ...pkcs15, '--change-pin', '--pin', pivPin, '--new-pin', '24681357');
      for (const left of [2, 1, 0, 0]) {
        await judges.fails('pkcs15-tool', ...pkcs15, '--verify-pin', '--pin', pivPin);
        expect(tries()).toEqual([left, 3]);
      }
      await judges.run('pkcs15-tool', ...pkcs15, '--unblock-pin', '--puk', pivPuk, '--new-pin', '775533');
      await judges.run('pkcs15-tool', ...pkcs15, '--verify-pin', '--pin', '775533');
      expect(tries()).toEqual([3, 3]);
    });
  },
);

describe('unmodified OpenSC on VirtualPivCard', () => {
  it('works without a discovery object, and with T=0', async () => {
    insert({ discovery: false, atrKind: 'generic' }, { protocol: 'T=0' });
    await judges.pkcs11(...sign, '-m', 'ECDSA-SHA256', '--signature-format', 'openssl', '-d', '02');
    await expectSignature('p256.pub');
  });

  it('verifies the global PIN where the discovery object prefers it', async () => {
    const { store } = insert({ globalPin: Buffer.from('13572468') });
    await judges.run('pkcs15-tool', '--reader', '0', '--auth-id', '01', '--verify-pin', '--pin', '13572468');
    await judges.fails('pkcs15-tool', '--reader', '0', '--auth-id', '01', '--verify-pin', '--pin', pivPin);
    expect([store.load().globalPin?.triesLeft, store.load().pin.triesLeft]).toEqual([2, 3]);
  });

  it('agrees on a key', async () => {
    const { p256 } = testPivPeople();
    insert({ slots: [{ reference: 0x9d, ...p256 }] });
    await judges.run('openssl', 'pkey', '-pubin', '-in', 'p256.pub', '-outform', 'DER', '-out', 'own.der');
    await judges.run('openssl', 'ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'peer.key');
    await judges.run('openssl', 'ec', '-in', 'peer.key', '-pubout', '-outform', 'DER', '-out', 'peer.der');
    await judges.run('openssl', 'pkey', '-in', 'peer.key', '-pubout', '-out', 'peer.pub');
    await judges.pkcs11(
      '-l',
      '-p',
      pivPin,
      '--derive',
      '-m',
      'ECDH1-DERIVE',
      '-d',
      '03',
      '-i',
      'peer.der',
      '-o',
      'ours',
    );
    const derive = ['pkeyutl', '-derive', '-inkey', 'p256.key', '-peerkey', 'peer.pub', '-out', 'theirs'];
    await judges.run('openssl', ...derive);
    expect(judges.read('ours')).toEqual(judges.read('theirs'));
  });

  it.each([
    ['03', 24],
    ['08', 16],
    ['0A', 24],
    ['0C', 32],
  ] as const)(
    'writes a certificate after mutual authentication with a key of algorithm %s',
    async (algorithm, length) => {
      const value = Uint8Array.from({ length }, (_, index) => 0x41 + index);
      const { people, store } = insert({ slots: [], managementKey: { algorithm: parseInt(algorithm, 16), value } });
      judges.write('certificate', people.rsa.der);
      await judges.run('openssl', 'x509', '-inform', 'DER', '-in', 'certificate', '-out', 'certificate.pem');
      const environment = `PIV_EXT_AUTH_KEY=${judges.folder}/management`;
      const write = ['piv-tool', '--reader', '0', '-A', `M:9B:${algorithm}`, '-C', '9A', '-i', 'certificate.pem'];
      const written = (): boolean =>
        store.load().objects.some(({ value: bytes }) => Buffer.from(bytes).includes(Buffer.from(people.rsa.der)));
      judges.write('management', [...value].map(() => '11').join(':'));
      await judges.tries('env', environment, ...write);
      expect(written()).toBe(false);
      judges.write('management', [...value].map((byte) => byte.toString(16)).join(':'));
      await judges.tries('env', environment, ...write);
      expect(written()).toBe(true);
    },
  );
});
