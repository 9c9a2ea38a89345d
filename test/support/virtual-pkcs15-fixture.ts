import { emptyPkcs15Card, type EmptyCardOptions } from '../../src/sandbox/virtual-pkcs15/empty-card.js';
import { personalizePkcs15, type Pkcs15Personalization } from '../../src/sandbox/virtual-pkcs15/personalize-pkcs15.js';
import type {
  CommandSet,
  Pkcs15CardState,
  Pkcs15CardStore,
} from '../../src/sandbox/virtual-pkcs15/pkcs15-card-state.js';
import { memoryPkcs15Store } from '../../src/sandbox/virtual-pkcs15/pkcs15-stores.js';
import {
  VirtualPkcs15Card,
  type VirtualPkcs15CardOptions,
} from '../../src/sandbox/virtual-pkcs15/virtual-pkcs15-card.js';
import type { SelfSigned } from './self-signed-certificate.js';
import { ascii, testPeople } from './virtual-card-fixture.js';
import { handTerminal, type HandTerminal } from './hand-terminal.js';

/** Label, PIN and PUK of the personalized test cards; the MyEID card has PIN 2 as well. */
export const pkcs15Label = 'Virtual PKCS15';
export const pkcs15Pin = '1234';
export const pkcs15SignaturePin = '567890';
export const pkcs15Puk: Record<CommandSet, string> = { isoapplet: '1234567812345678', myeid: '12345678' };

/** A PIN as the card wants it: hexadecimal, 16 bytes padded with 00, or 8 padded with FF. */
export const pkcs15PinBlock = (commandSet: CommandSet, pin: string): string => {
  const digits = Buffer.from(pin, 'ascii').toString('hex');
  return commandSet === 'isoapplet' ? digits.padEnd(32, '0') : digits.padEnd(16, 'f');
};

export interface Pkcs15FixtureCard extends HandTerminal {
  readonly card: VirtualPkcs15Card;
  readonly store: Pkcs15CardStore;
  readonly pin: string;
  readonly puk: string;
  readonly rsa: SelfSigned;
  readonly p256: SelfSigned;
  readonly p384: SelfSigned;
  readonly state: () => Pkcs15CardState;
}

/**
 * RSA-2048 (id 45), P-256 (46) and P-384 (47) under the user PIN; on the MyEID card P-384 is under PIN 2 and only signs.
 * IsoApplet: keys 00, 01, 02. MyEID: key files 4B01, 4B02, 4B03.
 */
export function testPkcs15Personalization(
  commandSet: CommandSet,
  overrides: Partial<Pkcs15Personalization> = {},
): Pkcs15Personalization {
  const { rsa, p256, p384 } = testPeople();
  const isMyEid = commandSet === 'myeid';
  return {
    commandSet,
    label: pkcs15Label,
    pin: ascii(pkcs15Pin),
    puk: ascii(pkcs15Puk[commandSet]),
    ...(isMyEid ? { signaturePin: ascii(pkcs15SignaturePin) } : {}),
    certificates: [
      { ...rsa, label: 'TEST RSA' },
      { ...p256, label: 'TEST P-256' },
      { ...p384, label: 'TEST P-384', ...(isMyEid ? { pin: 'signature', usage: 'nonRepudiation' } : {}) },
    ],
    ...overrides,
  };
}

/** A personalized card in memory. Keys are made once for all tests of a file. */
export function pkcs15FixtureCard(
  commandSet: CommandSet,
  overrides: Partial<Pkcs15Personalization> = {},
  options: Partial<VirtualPkcs15CardOptions> = {},
): Pkcs15FixtureCard {
  const state = (): Pkcs15CardState => personalizePkcs15(testPkcs15Personalization(commandSet, overrides));
  return fixture(commandSet, options.store ?? memoryPkcs15Store(state()), options);
}

/** A card as it leaves the factory, in memory. */
export function emptyPkcs15FixtureCard(
  commandSet: CommandSet,
  empty: Omit<EmptyCardOptions, 'commandSet'> = {},
  options: Partial<VirtualPkcs15CardOptions> = {},
): Pkcs15FixtureCard {
  return fixture(commandSet, options.store ?? memoryPkcs15Store(emptyPkcs15Card({ commandSet, ...empty })), options);
}

function fixture(
  commandSet: CommandSet,
  store: Pkcs15CardStore,
  options: Partial<VirtualPkcs15CardOptions>,
): Pkcs15FixtureCard {
  const card = new VirtualPkcs15Card({ ...options, store });
  const terminal = handTerminal(card);
  const codes = { pin: pkcs15Pin, puk: pkcs15Puk[commandSet] };
  return { card, store, ...codes, ...testPeople(), ...terminal, state: () => store.load() };
}
