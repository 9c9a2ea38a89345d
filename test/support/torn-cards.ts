import { createApduExchange, type ApduExchange } from '../../src/cards/apdu-exchange.js';
import type { CardApplication, CardContents, CardWriter } from '../../src/cards/card-application.js';
import { verifyPin } from '../../src/cards/pin-commands.js';
import { toHex } from '../../src/core/bytes.js';
import { MiddlewareError } from '../../src/core/errors.js';
import { systemClock } from '../../src/core/ports.js';
import { Secret } from '../../src/core/secret.js';
import type { CardState } from '../../src/sandbox/virtual-card/card-state.js';
import { memoryCardStore } from '../../src/sandbox/virtual-card/memory-card-store.js';
import type { VirtualCard } from '../../src/sandbox/virtual-card/virtual-card.js';
import { VirtualIdPrimeCard } from '../../src/sandbox/virtual-card/virtual-idprime-card.js';
import type { PivCardState } from '../../src/sandbox/virtual-piv/piv-card-state.js';
import { memoryPivStore } from '../../src/sandbox/virtual-piv/piv-card-stores.js';
import { VirtualPivCard } from '../../src/sandbox/virtual-piv/virtual-piv-card.js';
import type { CommandSet, Pkcs15CardState } from '../../src/sandbox/virtual-pkcs15/pkcs15-card-state.js';
import { memoryPkcs15Store } from '../../src/sandbox/virtual-pkcs15/pkcs15-stores.js';
import { VirtualPkcs15Card } from '../../src/sandbox/virtual-pkcs15/virtual-pkcs15-card.js';
import { allFamilies } from './contract-cards.js';
import { secretOf } from './token-bench.js';
import { fixtureCard, testPeople, testPin } from './virtual-card-fixture.js';
import { fixturePivCard, pivManagementKey, pivPin, testPivPersonalization } from './virtual-piv-fixture.js';
import { pkcs15FixtureCard, pkcs15Pin } from './virtual-pkcs15-fixture.js';

/** When the card goes: before the command with this number, counted from 0, or after it was carried out. */
export interface Pull {
  readonly at: number;
  readonly carriedOut: boolean;
}

/** A card that lies open for writing, as in one transaction. */
export interface OpenForWriting {
  readonly writer: CardWriter;
  readonly application: CardApplication;
  readonly exchange: ApduExchange;
}

/** A virtual card with a memory that can be copied, and put in anew. */
export interface TornCard {
  /** Of certificates that are there from the start, the one that a download replaces. */
  readonly old: Uint8Array;
  /** The same card from the memory that it has now. */
  copy(): TornCard;
  contents(): Promise<CardContents>;
  /** What takes room on the card, by name. */
  inventory(): readonly string[];
  /** All that survives without power. */
  memory(): string;
  /** In a transaction of its own. @returns the value, or that the card was pulled; and the commands that it took. */
  write<T>(work: (card: OpenForWriting) => Promise<T>, pull?: Pull): Promise<{ value: T | 'pulled'; commands: number }>;
}

interface Kind<S> {
  readonly old: Uint8Array;
  readonly pin: string;
  readonly managementKey?: Uint8Array;
  create(memory: S): { readonly card: VirtualCard; readonly load: () => S };
  inventory(memory: S): readonly string[];
}

type Sent = (command: Uint8Array) => Promise<Uint8Array>;

function tornCard<S>(kind: Kind<S>, start: S): TornCard {
  const { card, load } = kind.create(structuredClone(start));
  const exchangeWith = (transmit: Sent): ApduExchange =>
    createApduExchange(
      { protocol: card.protocol, transmit, control: () => Promise.reject(new Error('unexpected')) },
      { clock: systemClock, readerTakesExtended: true },
    );
  const send: Sent = (command) => card.transmit(command);
  const recognize = async (exchange = exchangeWith(send)): Promise<CardApplication> => {
    for (const family of allFamilies()) {
      const application = await family.recognize(exchange, card.atr);
      if (application !== undefined) return application;
    }
    throw new Error('not recognized');
  };
  return {
    old: kind.old,
    copy: () => tornCard(kind, load()),
    memory: () => JSON.stringify(load(), (_, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value)),
    inventory: () => [...kind.inventory(load())].sort(),
    async contents() {
      card.reset();
      const exchange = exchangeWith(send);
      return await (await recognize(exchange)).readContents(exchange);
    },
    async write(work, pull) {
      card.reset();
      const application = await recognize();
      const { pins } = await application.readContents(exchangeWith(send));
      let sent = -Infinity;
      const gone = new MiddlewareError('ERR_CARD_REMOVED', 'Card is gone');
      const exchange = exchangeWith(async (command) => {
        const number = sent;
        sent += 1;
        if (pull !== undefined && number >= pull.at) {
          if (number === pull.at && pull.carriedOut) await send(command);
          throw gone;
        }
        return await send(command);
      });
      await application.select(exchange);
      await verifyPin(exchange, pins[0]!, secretOf(kind.pin));
      const writer = application.writer!;
      const key = kind.managementKey;
      await writer.open?.(exchange, key === undefined ? undefined : Secret.moveFrom(key.slice()));
      sent = 0;
      try {
        return { value: await work({ writer, application, exchange }), commands: sent };
      } catch (error) {
        if (error !== gone) throw error;
        return { value: 'pulled', commands: sent };
      }
    },
  };
}

function idPrime(model: '940' | 'md840', profile: Parameters<typeof fixtureCard>[0] = {}): TornCard {
  const kind: Kind<CardState> = {
    old: testPeople().rsa.der,
    pin: testPin,
    create(memory) {
      const store = memoryCardStore(memory);
      return { card: new VirtualIdPrimeCard({ store }), load: () => store.load() };
    },
    inventory: ({ files, keys }) => [
      ...files.map(({ fid }) => `file ${fid.toString(16)}`),
      ...keys.map(({ reference }) => `key ${reference.toString(16)}`),
    ],
  };
  return tornCard(kind, fixtureCard({ model, ...profile }).state());
}

/** An empty certificate and the key id of no key. */
const freeMark = `70007101007210${'00'.repeat(16)}fe00`;

function piv(atrKind: 'yubikey' | 'hist', overrides: Parameters<typeof fixturePivCard>[0] = {}): TornCard {
  const { slots } = testPivPersonalization();
  // Elsewhere than in a YubiKey only the slot for signing in is for signatures on elliptic curves.
  const start = fixturePivCard({
    atrKind,
    slots: atrKind === 'yubikey' ? slots : slots.slice(1),
    ...overrides,
  }).state();
  const kind: Kind<PivCardState> = {
    old: slots.find(({ reference }) => reference === (atrKind === 'yubikey' ? 0x9a : 0x82))!.der!,
    pin: pivPin,
    managementKey: pivManagementKey,
    create(memory) {
      const store = memoryPivStore(memory);
      return { card: new VirtualPivCard({ store }), load: () => store.load() };
    },
    // What cannot be deleted is marked as free to be used again.
    inventory: ({ objects }) =>
      objects.filter(({ value }) => toHex(value) !== freeMark).map(({ tag }) => `object ${tag.toString(16)}`),
  };
  return tornCard(kind, start);
}

function pkcs15(commandSet: CommandSet): TornCard {
  const filesOf = ({ root }: Pkcs15CardState): number[] =>
    root.children.flatMap((file) => (file.kind === 'df' ? file.children.map(({ fid }) => fid) : [file.fid]));
  const kind: Kind<Pkcs15CardState> = {
    old: testPeople().rsa.der,
    pin: pkcs15Pin,
    create(memory) {
      const store = memoryPkcs15Store(memory);
      return { card: new VirtualPkcs15Card({ store }), load: () => store.load() };
    },
    // Directories change places with their other file. IsoApplet has no command to delete a key: the next takes its place.
    inventory: (memory) =>
      filesOf(memory)
        .filter((fid) => fid >> 8 !== 0x44)
        .map((fid) => `file ${fid.toString(16)}`),
  };
  return tornCard(kind, pkcs15FixtureCard(commandSet).state());
}

/** One card of each family that we write to, and of each way in which their writing differs. */
export const tornCards: Readonly<Record<string, () => TornCard>> = {
  'IDPrime 940': () => idPrime('940'),
  'IDPrime MD 840': () => idPrime('md840'),
  YubiKey: () => piv('yubikey'),
  'PIV card': () => piv('hist'),
  IsoApplet: () => pkcs15('isoapplet'),
  MyEID: () => pkcs15('myeid'),
};

/** Cards that refuse a new key, and how: those of the field, and others that are full. */
export const refusingCards: readonly (readonly [code: string, name: string, create: () => TornCard])[] = [
  ['ERR_CARD_FULL', 'IDPrime MD 840 without memory', () => idPrime('md840', { capacity: 'full' })],
  ['ERR_CARD_NO_CONTAINER', 'IDPrime MD 840 without containers', () => idPrime('md840', { containers: 3 })],
  ['ERR_CARD_READ_ONLY', 'IDPrime MD 840 for reading', () => idPrime('md840', { writing: 'never' })],
  ['ERR_CARD_READ_ONLY', 'IDPrime 940 for reading', () => idPrime('940', { writing: 'conditions-not-met' })],
  ['ERR_CARD_FULL', 'YubiKey without memory', () => piv('yubikey', { capacity: 3500 })],
  [
    'ERR_CARD_NO_CONTAINER',
    'PIV card whose slot for signing in is taken',
    () => piv('hist', { slots: testPivPersonalization().slots }),
  ],
];

/** Certificates and what they can be used with, one line each. */
export const linesOf = ({ certificates }: CardContents): string[] =>
  certificates.map(({ der, key }) => `${key === undefined ? '-' : 'key'} ${toHex(der)}`).sort();
