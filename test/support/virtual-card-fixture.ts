import type { CardState, CardStore } from '../../src/sandbox/virtual-card/card-state.js';
import { memoryCardStore } from '../../src/sandbox/virtual-card/memory-card-store.js';
import { cardModel } from '../../src/sandbox/virtual-card/card-models.js';
import { personalize, type CardCertificate, type Personalization } from '../../src/sandbox/virtual-card/personalize.js';
import {
  VirtualIdPrimeCard,
  type VirtualIdPrimeCardOptions,
} from '../../src/sandbox/virtual-card/virtual-idprime-card.js';
import { selfSigned, type SelfSigned } from './self-signed-certificate.js';
import { handTerminal, type HandTerminal } from './hand-terminal.js';

export const testPin = '1234';
export const testPuk = '12345678';
export const testSignaturePin = '567890';

export const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'ascii'));

/** A PIN as the card wants it: hexadecimal, 16 bytes, padded with 00. */
export const pinBlock = (pin: string): string => Buffer.from(pin, 'ascii').toString('hex').padEnd(32, '0');

export interface FixtureCard extends HandTerminal {
  readonly card: VirtualIdPrimeCard;
  readonly store: CardStore;
  readonly rsa: SelfSigned;
  readonly p256: SelfSigned;
  readonly p384: SelfSigned;
  readonly state: () => CardState;
}

let people: { rsa: SelfSigned; p256: SelfSigned; p384: SelfSigned } | undefined;

/** Keys are made once for all tests of a file. */
export function testPeople(): { rsa: SelfSigned; p256: SelfSigned; p384: SelfSigned } {
  people ??= {
    rsa: selfSigned('TEST Tolvan RSA'),
    p256: selfSigned('TEST Tolvan P-256', 'p256'),
    p384: selfSigned('TEST Tolvan P-384', 'p384'),
  };
  return people;
}

/**
 * On the 940: RSA under PIN 11 is key 56, P-256 under PIN 83 is key 57, P-384 under PIN 11 (signature container) is key
 * 58. Models without PIN 83 have all keys under PIN 11, those without elliptic curves only the first.
 */
export function testPersonalization(overrides: Partial<Personalization> = {}): Personalization {
  const { signaturePin, ellipticCurves } = cardModel(overrides.model ?? '940');
  const { rsa, p256, p384 } = testPeople();
  const certificates: CardCertificate[] = [
    { ...rsa },
    { ...p256, ...(signaturePin && { pinReference: 0x83 }) },
    { ...p384, container: 'ksc' },
  ];
  return {
    pin: ascii(testPin),
    puk: ascii(testPuk),
    ...(signaturePin && { signaturePin: ascii(testSignaturePin) }),
    label: 'Virtual IDPrime',
    certificates: ellipticCurves ? certificates : certificates.slice(0, 1),
    ...overrides,
  };
}

/** A card in memory, by default a 940; `model` in the overrides makes it another. */
export function fixtureCard(
  overrides: Partial<Personalization> = {},
  options: Partial<VirtualIdPrimeCardOptions> = {},
): FixtureCard {
  const store = options.store ?? memoryCardStore(personalize(testPersonalization(overrides)));
  const card = new VirtualIdPrimeCard({ ...options, store });
  const terminal = handTerminal(card);
  return { card, store, ...testPeople(), ...terminal, state: () => store.load() };
}

export const SELECT_APPLET = '00a4040c0ba000000018800000000662';
