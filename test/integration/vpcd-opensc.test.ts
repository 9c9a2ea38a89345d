import { createPublicKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileCardStore } from '../../src/sandbox/virtual-card/file-card-store.js';
import { personalize } from '../../src/sandbox/virtual-card/personalize.js';
import { startIsolatedPcscd, type IsolatedPcscd } from '../support/isolated-pcscd.js';
import { judgeWithOpenSc } from '../support/judge-with-opensc.js';
import { testPeople, testPersonalization } from '../support/virtual-card-fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'kort-vpcd-'));
const statePath = join(folder, 'card');
const store = fileCardStore(statePath);
let pcscd: IsolatedPcscd;

beforeAll(async () => {
  store.save(personalize(testPersonalization()));
  pcscd = await startIsolatedPcscd();
  await pcscd.addCard('tolvan', statePath);
});

afterAll(async () => {
  await pcscd.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('connectToVpcd() under a real pcscd', () => {
  it('lets OpenSC read, sign, verify and change the PIN', async () => {
    await pcscd.insert(pcscd.readers[0]!, 'tolvan');
    await expect.poll(async () => (await pcscd.state()).connected[0]).toBe(true);
    await judgeWithOpenSc({
      run: pcscd.run,
      card: {
        label: 'Virtual IDPrime',
        certificates: 3,
        rsaPublicKey: createPublicKey(testPeople().rsa.privateKey),
        pin: '1234',
        attemptsRemaining: () => store.load().pins[0]!.triesLeft,
      },
    });
  });
});
