import { createPublicKey, publicEncrypt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fileCardStore } from '../../src/sandbox/virtual-card/file-card-store.js';
import { personalize } from '../../src/sandbox/virtual-card/personalize.js';
import { startIsolatedPcscd, type IsolatedPcscd } from '../support/isolated-pcscd.js';
import { judgeWithOpenSc, openScModule, waitForCard, waitForNoCard } from '../support/judge-with-opensc.js';
import type { ProcessResult } from '../support/run-process.js';
import { testPeople, testPersonalization } from '../support/virtual-card-fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'kort-vpcd-'));
const statePath = join(folder, 'tolvan');
const store = fileCardStore(statePath);
let pcscd: IsolatedPcscd;
let first: string;
let second: string;

beforeAll(async () => {
  store.save(personalize(testPersonalization()));
  fileCardStore(join(folder, 'other')).save(personalize(testPersonalization({ label: 'Other card' })));
  pcscd = await startIsolatedPcscd();
  [first, second] = pcscd.readers as [string, string];
  await pcscd.addCard('tolvan', statePath);
  await pcscd.addCard('other', join(folder, 'other'));
});

afterAll(async () => {
  await pcscd.stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  for (const reader of [first, second]) await pull(reader);
});

const run = (program: string, ...args: string[]): Promise<ProcessResult> =>
  pcscd.run(program, args, { env: { HOME: folder, XDG_CACHE_HOME: folder }, cwd: folder });

async function insert(reader: string, card: string): Promise<void> {
  await pcscd.insert(reader, card);
  await waitForCard((...args) => run('opensc-tool', ...args), pcscd.readers.indexOf(reader));
}

async function pull(reader: string): Promise<void> {
  await pcscd.remove(reader);
  await waitForNoCard((...args) => run('opensc-tool', ...args), pcscd.readers.indexOf(reader));
}

describe('a virtual card under a real pcscd', () => {
  it('lets OpenSC read, sign, verify and change the PIN', async () => {
    await insert(first, 'tolvan');
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

  it('deciphers for OpenSC, and draws random numbers', async () => {
    await insert(first, 'tolvan');
    const publicKey = createPublicKey(testPeople().rsa.privateKey);
    writeFileSync(join(folder, 'cryptogram'), publicEncrypt({ key: publicKey, padding: 1 }, Buffer.from('hello')));
    const login = ['--module', openScModule(), '-l', '-p', '1234'];
    const plain = await run('pkcs11-tool', ...login, '--decrypt', '-m', 'RSA-PKCS', '-d', '0001', '-i', 'cryptogram');
    expect(plain.stdout).toContain('hello');
    const random = await run('pkcs11-tool', '--module', openScModule(), '--generate-random', '24', '-o', 'random');
    expect(random.code).toBe(0);
  });

  it('is blocked after five wrong PINs, and OpenSC unblocks it with the PUK', async () => {
    await insert(first, 'tolvan');
    for (let n = 0; n < 5; n += 1) await run('pkcs15-tool', '--reader', '0', '--verify-pin', '--pin', '9999');
    expect(store.load().pins[0]!.triesLeft).toBe(0);
    expect((await run('pkcs15-tool', '--reader', '0', '--verify-pin', '--pin', '1234')).code).not.toBe(0);
    const unblocked = await run(
      'pkcs15-tool',
      '--reader',
      '0',
      '--unblock-pin',
      '--puk',
      '12345678',
      '--new-pin',
      '1234',
    );
    expect(unblocked).toMatchObject({ code: 0 });
    expect((await run('pkcs15-tool', '--reader', '0', '--verify-pin', '--pin', '1234')).code).toBe(0);
  });

  it('serves two readers with a card each', async () => {
    await insert(first, 'tolvan');
    await insert(second, 'other');
    const [left, right] = await Promise.all(['0', '1'].map((reader) => run('pkcs15-tool', '--reader', reader, '-D')));
    expect(left?.stdout).toContain('PKCS#15 Card [Virtual IDPrime]');
    expect(right?.stdout).toContain('PKCS#15 Card [Other card]');
  });

  it('that is silent holds OpenSC up until it is pulled', async () => {
    await insert(first, 'tolvan');
    await pcscd.armFault(first, { kind: 'silence', apdu: 5 });
    const before = (await pcscd.state()).readers[0]!.apduCount;
    const silent = run('pkcs15-tool', '--reader', '0', '-D');
    const isSilent = async (): Promise<boolean> => (await pcscd.state()).readers[0]!.apduCount === before + 5;
    await expect.poll(isSilent).toBe(true);
    await pull(first);
    expect((await silent).code).not.toBe(0);
    await insert(first, 'tolvan');
    expect((await run('pkcs15-tool', '--reader', '0', '-D')).stdout).toContain('PKCS#15 Card [Virtual IDPrime]');
  });

  it('is there again after pcscd has restarted', async () => {
    await insert(first, 'tolvan');
    await pcscd.stopPcscd();
    await expect.poll(async () => (await pcscd.state()).connected[0]).toBe(false);
    expect((await run('pkcs15-tool', '--reader', '0', '-D')).code).not.toBe(0);
    await pcscd.startPcscd();
    await expect.poll(async () => (await pcscd.state()).connected[0]).toBe(true);
    await waitForCard((...args) => run('opensc-tool', ...args));
    expect((await run('pkcs15-tool', '--reader', '0', '-D')).stdout).toContain('PKCS#15 Card [Virtual IDPrime]');
  });
});
