import { fromHex, toHex } from '../../src/core/bytes.js';
import type { CardFamily } from '../../src/cards/card-application.js';
import { createIdPrimeFamily } from '../../src/cards/idprime/idprime-family.js';
import { createPivFamily } from '../../src/cards/piv/piv-family.js';
import { createPkcs15Family } from '../../src/cards/pkcs15/pkcs15-family.js';
import type { VirtualCard } from '../../src/sandbox/virtual-card/virtual-card.js';
import type { CommandSet, Pkcs15CardState } from '../../src/sandbox/virtual-pkcs15/pkcs15-card-state.js';
import { cardModel, type CardModelName } from '../../src/sandbox/virtual-card/card-models.js';
import { fixtureCard, SELECT_APPLET, testPin, testPuk, testSignaturePin } from './virtual-card-fixture.js';
import { pkcs15FixtureCard, pkcs15Pin, pkcs15Puk, pkcs15SignaturePin } from './virtual-pkcs15-fixture.js';
import { fixturePivCard, pivManagementKey, pivPin, pivPuk, SELECT_PIV } from './virtual-piv-fixture.js';
import type { KeySpec } from '../../src/model/key.js';
import type { PivAtrKind } from '../../src/sandbox/virtual-piv/piv-card-state.js';

/** Every family that the product drives, in its order. */
export const allFamilies = (): readonly CardFamily[] => [
  createIdPrimeFamily({ writing: 'experimental' }),
  createPivFamily(),
  createPkcs15Family(),
];

/** A virtual card of one kind, and all that another program would have to know to use it. */
export interface ContractCard {
  readonly card: VirtualCard;
  pin(reference: number): string;
  puk(reference: number): string;
  /** Of PINs and PUKs, by the references that the driver gives them. */
  attempts(reference: number): number;
  readonly managementKey?: string;
  /** Kinds of keys that it has room for; all that it makes when left out. */
  readonly newKeys?: readonly KeySpec[];
  /** Commands by which another program selects the application and verifies a PIN, hexadecimal. */
  verifyCommands(reference: number, pin: string): readonly string[];
}

export interface ContractCardKind {
  readonly name: string;
  create(): ContractCard;
}

const padded = (pin: string, length: number, pad: string): string => toHex(Buffer.from(pin)).padEnd(length * 2, pad);
const hex2 = (value: number): string => value.toString(16).padStart(2, '0');
const verify = (reference: number, block: string): string =>
  `002000${hex2(reference)}${hex2(block.length / 2)}${block}`;

function idPrime(model: CardModelName): ContractCardKind {
  const { pinBlock } = cardModel(model);
  return {
    name: `IDPrime ${model}`,
    create() {
      const { card, state } = fixtureCard({ model });
      return {
        card,
        pin: (reference) => (reference === 0x83 ? testSignaturePin : testPin),
        puk: () => testPuk,
        attempts(reference) {
          if (reference >= 0x100) return state().puk.triesLeft;
          return state().pins.find((pin) => pin.reference === reference)!.triesLeft;
        },
        verifyCommands: (reference, pin) => [
          SELECT_APPLET,
          verify(reference, padded(pin, pinBlock === 'padded' ? 16 : 0, '0')),
        ],
      };
    },
  };
}

function pkcs15(commandSet: CommandSet): ContractCardKind {
  const select =
    commandSet === 'isoapplet' ? '00a404000cf276a288bcfba69d34f3100100' : '00a404000ca000000063504b43532d313500';
  return {
    name: `PKCS #15 with the commands of ${commandSet}`,
    create() {
      const { card, state } = pkcs15FixtureCard(commandSet);
      return {
        card,
        pin: (reference) => (reference === 1 ? pkcs15Pin : pkcs15SignaturePin),
        puk: () => pkcs15Puk[commandSet],
        attempts: (reference) => pkcs15Attempts(state(), reference),
        verifyCommands: (reference, pin) => [
          select,
          verify(reference, commandSet === 'isoapplet' ? padded(pin, 16, '0') : padded(pin, 8, 'f')),
        ],
      };
    },
  };
}

/** MyEID numbers PUKs as their PINs; IsoApplet has PIN 1 and PUK 2. The drivers give PUKs references of their own. */
function pkcs15Attempts({ commandSet, secrets }: Pkcs15CardState, reference: number): number {
  const isPuk = commandSet === 'isoapplet' ? reference === 2 : reference >= 0x100;
  const own = reference & 0xff;
  const found = secrets.find((secret) => secret.role === (isPuk ? 'puk' : 'pin') && secret.reference === own);
  return (found ?? secrets.find(({ role }) => role === 'puk'))!.triesLeft;
}

function piv(atrKind: PivAtrKind): ContractCardKind {
  return {
    name: `PIV with an answer to reset of kind ${atrKind}`,
    create() {
      const { card, state } = fixturePivCard({ atrKind });
      return {
        card,
        pin: () => pivPin,
        puk: () => pivPuk,
        attempts: (reference) => (reference === 0x81 ? state().puk : state().pin).triesLeft,
        managementKey: toHex(pivManagementKey),
        // The slot for signing in is taken, and in the others elliptic curves sign on YubiKeys only.
        ...(atrKind === 'yubikey' ? {} : { newKeys: ['rsa-2048'] }),
        verifyCommands: (reference, pin) => [SELECT_PIV, verify(reference, padded(pin, 8, 'f'))],
      };
    },
  };
}

/** One for each way in which cards differ. */
export const contractCardKinds: readonly ContractCardKind[] = [
  idPrime('940'),
  idPrime('md840'),
  idPrime('md830'),
  idPrime('etoken5110'),
  piv('yubikey'),
  piv('hist'),
  pkcs15('isoapplet'),
  pkcs15('myeid'),
];

/** Another program's use of a card that it reaches by itself. */
export async function useAsAnother(card: VirtualCard, commands: readonly string[]): Promise<void> {
  for (const command of commands) await card.transmit(fromHex(command));
}
