import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/ports.js';
import { testPeople } from '../../src/sandbox/ca/person.js';
import { importSandboxCa, issuePerson } from '../../src/sandbox/ca/sandbox-ca.js';
import { sandboxPin } from '../../src/sandbox/sandbox-cards.js';
import type { PrivateHome } from '../support/daemon.js';
import { judgeDownload } from '../support/judge-download.js';
import { createSoftHsm, type SoftHsm } from '../support/softhsm.js';
import { runProcess } from '../support/run-process.js';
import { openDownloadWorld, type DownloadWorld } from '../support/download-world.js';

/* The built daemon over the virtual PC/SC service, and the sandbox's issuer over https. */
let world: DownloadWorld;

let hsm: SoftHsm;

beforeAll(async () => {
  hsm = createSoftHsm();
  hsm.initToken('TEST Tretton', sandboxPin);
  world = await openDownloadWorld('dlcards', 21_940, { prepare: useSoftHsm });
});
afterAll(async () => {
  await world.close();
  hsm.remove();
});

/** A token with a certificate for logins, which the daemon reaches as a vendor's module. */
async function useSoftHsm({ folder }: PrivateHome): Promise<void> {
  const state: unknown = JSON.parse(readFileSync(join(folder, 'sandbox', 'ca.json'), 'utf8'));
  const ca = importSandboxCa(state, { clock: systemClock, revocationBase: undefined });
  const { certificate, privateKey } = await issuePerson(ca, { ...testPeople.tretton, keyType: 'rsa' });
  hsm.store('TEST Tretton', sandboxPin, '01', { der: certificate, privateKey });
  const modules = join(folder, 'config', 'kort', 'dlcards', 'modules.d');
  mkdirSync(modules, { mode: 0o700 });
  const { path, environment } = hsm.module;
  const pin = { characters: 'digits', minLength: 6, maxLength: 8 };
  writeFileSync(join(modules, 'softhsm.json'), JSON.stringify({ path, name: 'SoftHSM', environment, pin }));
}

const certificatesOf = async (): Promise<string[]> => {
  const { certificates } = await world.client.request('certificate.list', {});
  return certificates.filter(({ isCa, usable }) => !isCa && usable).map(({ fingerprint }) => fingerprint);
};

describe('card.run of a download', () => {
  it.each(['tolvan', 'tolvan-500', 'tolvan-piv', 'tolvan-pkcs15', 'tolvan-isoapplet'])(
    'brings a certificate onto the card %s, which OpenSC lists and signs with',
    async (card) => {
      await world.insert(card);
      world.surface.chooses = 'Tolvan Tolvansson';
      const before = await certificatesOf();
      const { stored, problem } = await world.download(card);
      expect(problem).toBeUndefined();
      await expect.poll(certificatesOf).toEqual(expect.arrayContaining([...before, stored?.fingerprint]));
      expect(world.journal()).toEqual([]);
      const env = { PCSCLITE_CSOCK_NAME: world.home.env['PCSCLITE_CSOCK_NAME'] ?? '' };
      await judgeDownload(stored?.fingerprint ?? '', { run: runProcess, env, pin: sandboxPin });
    },
  );

  it('brings a certificate onto a token of SoftHSM, through the module', async () => {
    await world.removeAll();
    world.surface.chooses = 'Tretton Trettonsson';
    const { stored, problem } = await world.download('tretton');
    expect(problem).toBeUndefined();
    const { path: module, environment: env } = hsm.module;
    await judgeDownload(stored?.fingerprint ?? '', { run: runProcess, env, pin: sandboxPin, module });
  });
});
