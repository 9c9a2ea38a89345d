import { beforeEach, describe, expect, it } from 'vitest';
import { sandboxMethods } from '../../../src/app/sandbox-methods.js';
import type { SandboxRevocationReason } from '../../../src/model/sandbox-revocation-reason.js';
import type { SandboxKey, SandboxReport } from '../../../src/control-contract/sandbox.js';
import type { CardRevocation } from '../../../src/sandbox/ca/revocation-book.js';
import { VirtualHardware } from '../../../src/sandbox/hardware/virtual-hardware.js';
import { testCaller } from '../../support/test-caller.js';
import { createSimulatorTransport } from '../../../src/transport/simulator/simulator-transport.js';
import { readerFeatures } from '../../../src/transport/reader-features.js';
import { verifyOnPinPad } from '../../../src/cards/pin-pad.js';
import { fromHex } from '../../../src/core/bytes.js';
import { fixtureCard, SELECT_APPLET, testPin } from '../../support/virtual-card-fixture.js';

const pin = {
  reference: 0x11,
  role: 'authentication',
  format: { minLength: 4, maxLength: 16, characters: 'digits' },
  block: { length: 16, pad: 0x00 },
} as const;
const ok: SandboxKey = { kind: 'ok' };
const digits = (text: string): SandboxKey => ({ kind: 'digits', digits: text });

let hardware: VirtualHardware;
const press = (keys: readonly SandboxKey[], reader?: string): Promise<SandboxReport> =>
  Promise.resolve(methods()['sandbox.press']!({ keys, reader }, testCaller()));
const revoked = new Map<string, CardRevocation>();
const revocation = {
  revocationOf: (card: string) => revoked.get(card),
  revoke: (card: string, reason: SandboxRevocationReason) => void revoked.set(card, { at: 0, reason }),
  restore: (card: string) => void revoked.delete(card),
};
const methods = () => sandboxMethods({ hardware, reset: () => undefined, revocation, issuer: undefined, files: {} });

beforeEach(async () => {
  hardware = new VirtualHardware();
  for (const name of ['A', 'B']) {
    await methods()['sandbox.addReader']!({ name, pinPad: true }, testCaller());
    hardware.addCard(`card in ${name}`, fixtureCard().card);
    hardware.insert(name, `card in ${name}`);
  }
});

/** Lets the keypad of a reader ask for the PIN; resolves when it does. */
async function ask(reader: string): Promise<{ readonly verified: Promise<unknown> }> {
  const transport = createSimulatorTransport(hardware);
  await transport.start();
  const channel = await transport.connect(reader);
  const verified = channel
    .transaction(async (card) => {
      await card.transmit(fromHex(SELECT_APPLET));
      await verifyOnPinPad(card, await readerFeatures(channel, card), pin, { language: 'en' });
    })
    .catch((error: unknown) => error);
  await expect.poll(() => hardware.reader(reader).pinPad?.asksFor).toBe('pin');
  return { verified };
}

describe('sandbox.press', () => {
  it('refuses while no keypad asks, and while two do and none is named', async () => {
    await expect(press([ok])).rejects.toMatchObject({ code: 'ERR_SANDBOX_NO_KEYPAD' });
    await expect(press([ok], 'C')).rejects.toMatchObject({ code: 'ERR_SANDBOX_UNKNOWN' });
    const [a, b] = [await ask('A'), await ask('B')];
    await expect(press([ok])).rejects.toMatchObject({ code: 'ERR_SANDBOX_NO_KEYPAD' });
    await press([{ kind: 'cancel' }], 'A');
    expect(await a.verified).toMatchObject({ code: 'ERR_PIN_PAD_CANCELLED' });
    await press([{ kind: 'timeout' }]);
    expect(await b.verified).toMatchObject({ code: 'ERR_PIN_PAD_TIMEOUT' });
  });

  it('presses digits and OK, by the name of the reader or of its card, and tells what is asked for', async () => {
    const { verified } = await ask('A');
    const { readers } = await Promise.resolve(methods()['sandbox.list']!({}, testCaller()));
    expect(readers).toMatchObject([{ pinPad: { asksFor: 'pin' } }, { pinPad: {} }]);
    const after = await press([digits(testPin), ok], 'card in A');
    expect(await verified).toBeUndefined();
    expect(after.readers[0]?.pinPad).toEqual({ asksFor: undefined });
  });
});

describe('sandbox.revoke and sandbox.unrevoke', () => {
  it('revoke the certificates of a card, in a reader or not, and take that back', async () => {
    const card = 'card in A';
    hardware.remove('A');
    const stateOf = ({ cards }: SandboxReport) => cards.find(({ id }) => id === card)?.revoked;
    const call = async (name: 'sandbox.revoke' | 'sandbox.unrevoke', params: unknown): Promise<SandboxReport> =>
      await methods()[name]!(params as never, testCaller());
    expect(stateOf(await call('sandbox.revoke', { card, reason: 'keyCompromise' }))).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      reason: 'keyCompromise',
    });
    expect(stateOf(await call('sandbox.unrevoke', { card }))).toBeUndefined();
    await expect(call('sandbox.revoke', { card: 'other', reason: 'keyCompromise' })).rejects.toMatchObject({
      code: 'ERR_SANDBOX_UNKNOWN',
    });
  });
});
