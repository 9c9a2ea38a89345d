import {
  constants,
  createPublicKey,
  createVerify,
  generateKeyPairSync,
  publicEncrypt,
  type KeyObject,
} from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualHardware } from '../../src/sandbox/hardware/virtual-hardware.js';
import {
  startVirtualPcscService,
  type VirtualPcscService,
} from '../../src/sandbox/pcsc-service/virtual-pcsc-service.js';
import { cardModel, keyReferenceOf, type CardModelName } from '../../src/sandbox/virtual-card/card-models.js';
import {
  deleteCardCertificate,
  generateCardKey,
  PowerLost,
  storeCardCertificate,
  tornExchange,
} from '../support/idprime-writer.js';
import { judgeWithOpenSc, openScModule } from '../support/judge-with-opensc.js';
import { runProcess, type ProcessResult } from '../support/run-process.js';
import { certificateOver } from '../support/self-signed-certificate.js';
import {
  fixtureCard,
  pinBlock,
  SELECT_APPLET,
  testPeople,
  testPin,
  testPuk,
  type FixtureCard,
} from '../support/virtual-card-fixture.js';

const reader = 'TEST Reader 1 00 00';
let folder: string;
let env: Record<string, string>;
let hardware: VirtualHardware;
let service: VirtualPcscService;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kort-idprime-'));
  const socketPath = join(folder, 'pcscd.comm');
  env = { PCSCLITE_CSOCK_NAME: socketPath, HOME: folder, XDG_CACHE_HOME: folder };
  hardware = new VirtualHardware();
  hardware.addReader(reader);
  service = await startVirtualPcscService({ socketPath, readers: hardware });
});
afterEach(async () => {
  await service.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (program: string, ...args: string[]): Promise<ProcessResult> =>
  runProcess(program, args, { env, cwd: folder });
const pkcs11 = (...args: string[]): Promise<ProcessResult> => run('pkcs11-tool', '--module', openScModule(), ...args);
const login = ['-l', '-p', testPin];

function inserted(overrides: Parameters<typeof fixtureCard>[0]): FixtureCard {
  const fixture = fixtureCard(overrides);
  hardware.addCard('card', fixture.card);
  hardware.insert(reader, 'card');
  return fixture;
}

async function expectDecipher(key: KeyObject, id: string): Promise<void> {
  const secret = Buffer.from('What only the card can read.\n');
  writeFileSync(join(folder, 'cryptogram'), publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, secret));
  const files = ['-i', 'cryptogram', '-o', 'plain'];
  const { code, stderr } = await pkcs11(...login, '--decrypt', '-m', 'RSA-PKCS', '-d', id, ...files);
  expect(code, stderr).toBe(0);
  expect(readFileSync(join(folder, 'plain'))).toEqual(secret);
}

async function expectSignature(key: KeyObject, id: string): Promise<void> {
  writeFileSync(join(folder, 'message'), 'What is to be signed.\n');
  const files = ['-i', 'message', '-o', 'signature'];
  const { code, stderr } = await pkcs11(...login, '-s', '-m', 'SHA256-RSA-PKCS', '-d', id, ...files);
  expect(code, stderr).toBe(0);
  const check = createVerify('sha256').update(readFileSync(join(folder, 'message')));
  expect(check.verify(key, readFileSync(join(folder, 'signature')))).toBe(true);
}

describe('unmodified OpenSC with virtual IDPrime cards of other models', () => {
  it.each([
    ['940c', {}, 3],
    ['md840', {}, 3],
    ['930', {}, 3],
    ['3810', {}, 1],
    ['md830', { keyRule: 'by-life-cycle' }, 1],
  ] as const)('lists, verifies, signs, deciphers and changes the PIN on the %s', async (model, more, certificates) => {
    const fixture = inserted({ model, ...more });
    const rsaPublicKey = createPublicKey(testPeople().rsa.privateKey);
    await judgeWithOpenSc({
      run: runProcess,
      env,
      card: {
        label: 'Virtual IDPrime',
        certificates,
        rsaPublicKey,
        pin: testPin,
        attemptsRemaining: () => fixture.state().pins[0]!.triesLeft,
      },
    });
    await expectDecipher(rsaPublicKey, '0001');
  });

  it('knows nothing of cards whose answer to reset came later, and costs them nothing', async () => {
    for (const model of ['930plus', 'etoken5110'] as const) {
      const fixture = fixtureCard({ model });
      hardware.addCard(model, fixture.card);
      hardware.insert(reader, model);
      expect((await run('pkcs15-tool', '--reader', '0', '-D')).code, model).not.toBe(0);
      expect(fixture.state().pins[0]!.triesLeft, model).toBe(5);
      hardware.remove(reader);
    }
  });

  it('loses one try for a wrong PIN without padding, and none for a right one', async () => {
    const fixture = inserted({ model: '3810' });
    expect((await pkcs11('-l', '-p', '999999', '-O')).code).not.toBe(0);
    expect(fixture.state().pins[0]!.triesLeft).toBe(4);
    expect((await pkcs11(...login, '-O')).code).toBe(0);
    expect(fixture.state().pins[0]!.triesLeft).toBe(5);
  });
});

describe('unmodified OpenSC with a blocked PIN', () => {
  it.each(['md840', '3810'] as const)('unblocks it with the PUK (%s)', async (model) => {
    const fixture = inserted({ model, certificates: [testPeople().rsa] });
    fixture.exchange(SELECT_APPLET);
    for (let tries = 0; tries < 5; tries += 1) fixture.exchange(`0020001110${pinBlock('9999')}`);
    expect(fixture.state().pins[0]!.triesLeft).toBe(0);
    const pkcs15 = (...args: string[]): Promise<ProcessResult> => run('pkcs15-tool', '--reader', '0', ...args);
    expect((await pkcs15('--verify-pin', '--pin', testPin)).code).not.toBe(0);
    expect((await pkcs15('--unblock-pin', '--puk', '87654321', '--new-pin', '97531')).code).not.toBe(0);
    expect(fixture.state().puk.triesLeft).toBe(4);
    const { code, stderr } = await pkcs15('--unblock-pin', '--puk', testPuk, '--new-pin', '97531');
    expect(code, stderr).toBe(0);
    expect(fixture.state()).toMatchObject({ pins: [{ triesLeft: 5 }], puk: { triesLeft: 5 } });
    expect((await pkcs15('--verify-pin', '--pin', '97531')).code).toBe(0);
  });
});

describe('unmodified OpenSC with what another program wrote to the card', () => {
  /** Writes a new RSA key and its certificate, as any program could that knows the PIN; the power may go before the end. */
  function write(fixture: FixtureCard, model: CardModelName, container: number, commands = Infinity): KeyObject {
    const { card } = fixture;
    const exchange = tornExchange(fixture.exchange, commands);
    exchange(SELECT_APPLET);
    expect(exchange(`0020001110${pinBlock(testPin)}`).sw).toBe('9000');
    const keyReference = keyReferenceOf(cardModel(model), container);
    const publicKey = generateCardKey(exchange, keyReference);
    const signer = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
    const der = certificateOver('TEST Tretton', publicKey, signer);
    const { keyMap } = cardModel(model);
    storeCardCertificate(exchange, { container, der, keyBits: 2048, ...(keyMap && { keyReference }) });
    card.powerOff();
    return publicKey;
  }

  it.each(['md840', '940'] as const)('reads the certificate and uses the key (%s)', async (model) => {
    const fixture = inserted({ model, certificates: [testPeople().rsa] });
    const publicKey = write(fixture, model, 1);
    const { stdout } = await run('pkcs15-tool', '--reader', '0', '-D');
    expect(stdout.match(/^X\.509 Certificate \[/gm)).toHaveLength(2);
    expect(stdout.match(/^Private RSA Key \[/gm)).toHaveLength(2);
    await expectSignature(publicKey, '0002');
    await expectDecipher(publicKey, '0002');
    await expectSignature(createPublicKey(testPeople().rsa.privateKey), '0001');
  });

  it.each([4, 12, 16])('uses what was there before, when that program lost power after %i commands', async (cut) => {
    const fixture = inserted({ model: 'md840', certificates: [testPeople().rsa] });
    expect(() => write(fixture, 'md840', 1, cut)).toThrow(PowerLost);
    fixture.card.powerOff();
    const { stdout } = await run('pkcs15-tool', '--reader', '0', '-D');
    expect(stdout.match(/^X\.509 Certificate \[/gm)).toHaveLength(1);
    await expectSignature(createPublicKey(testPeople().rsa.privateKey), '0001');
  });

  it('no longer lists a certificate that was deleted', async () => {
    const fixture = inserted({ model: 'md840', certificates: [testPeople().rsa] });
    write(fixture, 'md840', 1);
    fixture.exchange(SELECT_APPLET);
    fixture.exchange(`0020001110${pinBlock(testPin)}`);
    deleteCardCertificate(fixture.exchange, 1);
    fixture.card.powerOff();
    const { stdout, code } = await run('pkcs15-tool', '--reader', '0', '-D');
    expect(code).toBe(0);
    expect(stdout.match(/^X\.509 Certificate \[/gm)).toHaveLength(1);
  });
});
