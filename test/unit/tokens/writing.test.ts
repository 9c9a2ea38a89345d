import { afterEach, expect, it } from 'vitest';
import { Secret } from '../../../src/core/secret.js';
import { VirtualHardware } from '../../../src/sandbox/hardware/virtual-hardware.js';
import { canWrite, type WritableToken } from '../../../src/tokens/token.js';
import { insertFor, type InsertedSubject } from '../../support/contract-stages.js';
import { createSimulatorTransport } from '../../../src/transport/simulator/simulator-transport.js';
import { isWiped, secretOf } from '../../support/token-bench.js';
import { fixturePivCard, pivManagementKey, pivPin, SELECT_PIV } from '../../support/virtual-piv-fixture.js';
import { newKey } from '../../support/writing.js';

let subject: InsertedSubject | undefined;
afterEach(() => subject?.close());

it('a management key that was given for one write is of no use to the next program', async () => {
  const { card, send } = fixturePivCard({ slots: [] });
  const hardware = new VirtualHardware();
  hardware.addReader('Reader');
  const transport = createSimulatorTransport(hardware);
  await transport.start();
  subject = await insertFor({ hardware, transport, readers: ['Reader'], removalMs: 0 }, card);
  if (!canWrite(subject.token)) throw new Error('cannot write');
  const token: WritableToken = subject.token;
  const managementKey = Secret.moveFrom(Uint8Array.from(pivManagementKey));
  const use = { attemptsShown: 3, lastTryConsent: false };
  const pin = secretOf(pivPin);
  await token.write({ ...use, pin, managementKey }, (opened) => opened.generateKeyPair(newKey()));
  expect([isWiped(pin), isWiped(managementKey)]).toEqual([true, true]);
  send(SELECT_PIV);
  expect(send('0047009a05ac0380011100').slice(-4)).toBe('6982');
});
