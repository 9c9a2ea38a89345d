import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/core/ports.js';
import { Secret } from '../../../src/core/secret.js';
import { parseCertificate } from '../../../src/pki/certificate.js';
import { VirtualHardware } from '../../../src/sandbox/hardware/virtual-hardware.js';
import { createNativeDriver } from '../../../src/tokens/native-driver.js';
import { createTokenRegistry, type TokenRegistry } from '../../../src/tokens/token-registry.js';
import { canWrite, type WritableToken } from '../../../src/tokens/token.js';
import { createSimulatorTransport } from '../../../src/transport/simulator/simulator-transport.js';
import { allFamilies } from '../../support/contract-cards.js';
import { memoryRetryCounters, recordingHistory } from '../../support/recording-history.js';
import { recordingLogger } from '../../support/recording-logger.js';
import { isWiped, secretOf } from '../../support/token-bench.js';
import { fixturePivCard, pivManagementKey, pivPin, SELECT_PIV } from '../../support/virtual-piv-fixture.js';
import { certificateFor, newKey } from '../../support/writing.js';

const GENERATE = '0047009a05ac0380011100';
let hardware: VirtualHardware;
let registry: TokenRegistry;
const history = recordingHistory();

beforeEach(async () => {
  hardware = new VirtualHardware();
  hardware.addReader('Reader');
  const transport = createSimulatorTransport(hardware);
  await transport.start();
  const logger = recordingLogger();
  const memory = memoryRetryCounters();
  const driver = createNativeDriver({
    ...{ families: allFamilies(), parseCertificate, history, memory, clock: systemClock, logger },
  });
  registry = createTokenRegistry({ transport, drivers: [driver], history, logger });
});
afterEach(() => registry.close());

/** What the registry makes of the card in the reader. */
async function inserted(): Promise<WritableToken> {
  const ready = () => registry.entries.find(({ state }) => state === 'ready')?.token;
  await vi.waitFor(() => expect(ready()).toBeDefined(), { timeout: 8_000 });
  const token = ready()!;
  if (!canWrite(token)) throw new Error('cannot write');
  return token;
}

function insert(overrides: Parameters<typeof fixturePivCard>[0]) {
  const fixture = fixturePivCard(overrides);
  hardware.addCard('card', fixture.card);
  hardware.insert('Reader', 'card');
  return fixture;
}

const codes = () => ({ attemptsShown: 3, lastTryConsent: false, pin: secretOf(pivPin) });
const given = () => Secret.moveFrom(Uint8Array.from(pivManagementKey));

describe('write()', () => {
  it('leaves a management key that was given for it of no use to the next program', async () => {
    const { send } = insert({ slots: [] });
    const token = await inserted();
    const authorization = { ...codes(), managementKey: given() };
    await token.write(authorization, (opened) => opened.generateKeyPair(newKey()));
    expect([isWiped(authorization.pin), isWiped(authorization.managementKey)]).toEqual([true, true]);
    send(SELECT_PIV);
    expect(send(GENERATE).slice(-4)).toBe('6982');
  });

  it('takes the management key that the card keeps under the PIN, and leaves that of no use either', async () => {
    const { send } = insert({ atrKind: 'yubikey', slots: [], managementKeyUnderPin: true });
    const token = await inserted();
    expect(token.writing).toMatchObject({ pin: 0x80, managementKey: true, pinPad: false });
    expect(await token.room()).toEqual({ keys: 21, bytes: undefined, managementKeyNeeded: false });
    await token.write(codes(), (opened) => opened.generateKeyPair(newKey()));
    expect((await token.room()).keys).toBe(20);
    send(SELECT_PIV);
    expect(send(GENERATE).slice(-4)).toBe('6982');
    expect(send('00cb3fff055c035fc10900')).toBe('6982');
  });

  it('does no work without the management key, and says that the PIN was right', async () => {
    const { state } = insert({ atrKind: 'yubikey', slots: [] });
    const token = await inserted();
    expect((await token.room()).managementKeyNeeded).toBe(true);
    const before = JSON.stringify(state());
    const work = vi.fn();
    await expect(token.write(codes(), work)).rejects.toMatchObject({
      code: 'ERR_CARD_MANAGEMENT_KEY',
      fields: { codeOutcome: 'accepted' },
    });
    expect(work).not.toHaveBeenCalled();
    expect(JSON.stringify(state())).toBe(before);
  });

  it('refuses a key that the card does not make, an algorithm that the key cannot do, and a wrong digest', async () => {
    insert({ slots: [] });
    const token = await inserted();
    const algorithmUnsupported = { code: 'ERR_TOKEN_ALGORITHM_UNSUPPORTED' };
    await token.write({ ...codes(), managementKey: given() }, async (opened) => {
      const { reference: keyReference, publicKey } = await opened.generateKeyPair(newKey());
      const digest = new Uint8Array(32);
      const sign = { keyReference, publicKey, algorithm: 'ES256', digest } as const;
      await expect(opened.sign({ ...sign, algorithm: 'RS256' })).rejects.toMatchObject(algorithmUnsupported);
      await expect(opened.sign({ ...sign, publicKey: digest })).rejects.toMatchObject(algorithmUnsupported);
      await expect(opened.sign({ ...sign, digest: new Uint8Array(31) })).rejects.toThrow(RangeError);
      expect(await opened.sign(sign)).toHaveLength(64);
    });
  });

  it('has a card that was pulled in the middle read anew, though what tells of changes is the same', async () => {
    const fixture = insert({ atrKind: 'yubikey' });
    const token = await inserted();
    let der: Uint8Array = new Uint8Array();
    const write = token.write({ ...codes(), managementKey: given() }, async (opened) => {
      const { reference: keyReference, publicKey } = await opened.generateKeyPair(newKey());
      expect(keyReference).toBe(0x83);
      der = certificateFor(publicKey, 'TEST retired', fixture.people.rsa.privateKey);
      await opened.storeCertificate({ keyReference, der, label: '' });
      hardware.remove('Reader');
      await opened.certificates();
    });
    await expect(write).rejects.toMatchObject({ code: 'ERR_CARD_REMOVED', fields: { codeOutcome: 'accepted' } });
    await vi.waitFor(() => expect(registry.entries.some(({ state }) => state === 'ready')).toBe(false), {
      timeout: 8_000,
    });
    hardware.insert('Reader', 'card');
    const again = await inserted();
    const held = (await again.certificates()).map(({ certificate }) => Buffer.from(certificate.der).toString('hex'));
    expect(held).toContain(Buffer.from(der).toString('hex'));
  });
});
