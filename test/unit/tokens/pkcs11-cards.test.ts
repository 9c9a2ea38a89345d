import { expect, it } from 'vitest';
import type { CertificateInfo } from '../../../src/model/certificate.js';
import type { Pkcs11Slot } from '../../../src/pkcs11/slot-poll.js';
import { groupIntoCards } from '../../../src/tokens/pkcs11-cards.js';
import { createKeyNames, describeKeys } from '../../../src/tokens/pkcs11-description.js';
import { counterOfFlags } from '../../../src/tokens/pkcs11-use.js';
import { recordingLogger } from '../../support/recording-logger.js';

const slotOf = (slot: string, label: string, serial: string, ids: readonly number[], keys = ids): Pkcs11Slot => ({
  slot,
  reader: 'TEST reader',
  contents: {
    token: {
      label,
      manufacturer: 'TEST',
      model: 'TEST',
      serial,
      flags: 4,
      minPinLength: 6,
      maxPinLength: 8,
      freePublicMemory: undefined,
    },
    certificates: ids.map((id) => ({ id: Uint8Array.of(id), label: '', der: Uint8Array.of(id) })),
    keyIds: keys.map((id) => Uint8Array.of(id)),
    pinEachTimeIds: [],
    mechanisms: [],
  },
});

/** Certificates from 10 are for signatures only. */
const options = {
  logger: recordingLogger(),
  parseCertificate: (der: Uint8Array) =>
    ({
      fingerprint: String(der[0]),
      keyType: 'rsa',
      keyUsage: [(der[0] ?? 0) >= 10 ? 'nonRepudiation' : 'digitalSignature'],
      isCa: false,
    }) as unknown as CertificateInfo,
};

it('groupIntoCards() makes one card with two PINs of two slots, the one for authentication first', () => {
  const [card, ...others] = groupIntoCards(
    [slotOf('02', 'Tolvan (Digital Signature PIN)', 'A1', [10]), slotOf('01', 'Tolvan (PIN)', 'A1', [1])],
    options,
  );
  expect(others).toEqual([]);
  expect(card).toMatchObject({ label: 'Tolvan', serial: 'A1' });
  expect(card?.id).toMatch(/^p11:A1-/);
  expect(card?.pins.map(({ reference, role, slot }) => [reference, role, slot.slot])).toEqual([
    [1, 'authentication', '01'],
    [2, 'signature', '02'],
  ]);
});

it('groupIntoCards() gives a certificate that all slots show to the slot of its key, and each once', () => {
  const [card] = groupIntoCards(
    [slotOf('01', 'T (PIN)', 'A1', [1, 10], [1]), slotOf('02', 'T (Signature)', 'A1', [1, 10], [10])],
    options,
  );
  expect(card?.certificates.map(({ certificate, pin }) => [certificate.fingerprint, pin.slot.slot])).toEqual([
    ['1', '01'],
    ['10', '02'],
  ]);
});

it('groupIntoCards() keeps cards apart that have no or the same serial number', () => {
  expect(groupIntoCards([slotOf('01', 'T', '', [1]), slotOf('02', 'T', '', [2])], options)).toHaveLength(2);
  const far = { ...slotOf('02', 'T', 'A1', [2]), reader: 'TEST other' };
  const ids = groupIntoCards([slotOf('01', 'T', 'A1', [1]), far], options).map(({ id }) => id);
  expect(new Set(ids).size).toBe(2);
});

it('counterOfFlags() knows no number but none and one', () => {
  const tries = [0, 0x10000, 0x30000, 0x70000].map((flags) => counterOfFlags(1, flags).attemptsRemaining);
  expect(tries).toEqual([undefined, undefined, 1, 0]);
});

it('describeKeys() offers no key for signatures under the PIN for authentication, which may not be its own', () => {
  const keysOf = (slots: readonly Pkcs11Slot[]): unknown[] =>
    groupIntoCards(slots, options).flatMap((card) =>
      describeKeys(card, createKeyNames()).map(({ certificate, key }) => [certificate.fingerprint, key?.pin]),
    );
  expect(keysOf([slotOf('01', 'T', 'A1', [1, 10])])).toEqual([
    ['1', 1],
    ['10', undefined],
  ]);
  expect(keysOf([slotOf('01', 'T (PIN)', 'A1', [1]), slotOf('02', 'T (Signature)', 'A1', [10])])).toEqual([
    ['1', 1],
    ['10', 2],
  ]);
});
