import { createCipheriv, createDecipheriv } from 'node:crypto';
import { fromHex } from '../../src/core/bytes.js';
import { personalizePiv, type PivPersonalization } from '../../src/sandbox/virtual-piv/personalize-piv.js';
import type { PivCardState, PivCardStore } from '../../src/sandbox/virtual-piv/piv-card-state.js';
import { memoryPivStore } from '../../src/sandbox/virtual-piv/piv-card-stores.js';
import { VirtualPivCard, type VirtualPivCardOptions } from '../../src/sandbox/virtual-piv/virtual-piv-card.js';
import { selfSigned, type SelfSigned } from './self-signed-certificate.js';
import { ascii, testPeople } from './virtual-card-fixture.js';
import { handTerminal, type HandTerminal } from './hand-terminal.js';

export const pivPin = '123456';
export const pivPuk = '87654321';
export const pivManagementKey = fromHex('A0A1A2A3A4A5A6A7 B0B1B2B3B4B5B6B7 C0C1C2C3C4C5C6C7');
export const pivGuid = fromHex('00112233445566778899AABBCCDDEEFF');

export const SELECT_PIV = '00a4040005a000000308';

/** A PIN or PUK as a PIV card wants it: hexadecimal, 8 bytes, padded with FF. */
export const pivBlock = (code: string): string => Buffer.from(code, 'ascii').toString('hex').padEnd(16, 'f');

export interface PivPeople {
  /** 9A. */
  readonly rsa: SelfSigned;
  /** 9C. */
  readonly p256: SelfSigned;
  /** 9D. */
  readonly deciphering: SelfSigned;
  /** 9E. */
  readonly p384: SelfSigned;
  /** 82, stored compressed. */
  readonly retired: SelfSigned;
}

let people: PivPeople | undefined;

/** Keys are made once for all tests of a file. */
export function testPivPeople(): PivPeople {
  people ??= {
    ...testPeople(),
    deciphering: selfSigned('TEST Tolvan deciphering'),
    retired: selfSigned('TEST Tolvan retired'),
  };
  return people;
}

/** 9A RSA-2048, 9C P-256, 9D RSA-2048, 9E P-384, retired 82 RSA-2048; PIN 3 tries, PUK 3, management key 3DES. */
export function testPivPersonalization(overrides: Partial<PivPersonalization> = {}): PivPersonalization {
  const { rsa, p256, deciphering, p384, retired } = testPivPeople();
  return {
    pin: ascii(pivPin),
    puk: ascii(pivPuk),
    managementKey: { algorithm: 0x03, value: pivManagementKey },
    guid: pivGuid,
    slots: [
      { reference: 0x9a, ...rsa },
      { reference: 0x9c, ...p256 },
      { reference: 0x9d, ...deciphering },
      { reference: 0x9e, ...p384 },
      { reference: 0x82, ...retired, compressed: true },
    ],
    ...overrides,
  };
}

export interface FixturePivCard extends HandTerminal {
  readonly card: VirtualPivCard;
  readonly store: PivCardStore;
  readonly people: PivPeople;
  readonly managementKey: Uint8Array;
  /** VERIFY of the PIN; answers the status word. */
  readonly verifyPin: (pin?: string) => string;
  /** Mutual authentication with the management key; answers the last status word. */
  readonly authenticate: (key?: Uint8Array) => string;
  readonly state: () => PivCardState;
}

/** A card in its own process, selected. */
export function fixturePivCard(
  overrides: Partial<PivPersonalization> = {},
  options: Partial<VirtualPivCardOptions> = {},
): FixturePivCard {
  const store = options.store ?? memoryPivStore(personalizePiv(testPivPersonalization(overrides)));
  const card = new VirtualPivCard({ ...options, store });
  const terminal = handTerminal(card);
  const { algorithm, value } = store.load().managementKey;
  terminal.send(SELECT_PIV);
  return {
    card,
    store,
    people: testPivPeople(),
    managementKey: value,
    ...terminal,
    verifyPin: (pin = pivPin) => terminal.send(`0020008008${pivBlock(pin)}`),
    authenticate: (key = value) => authenticateManagement(terminal.exchange, algorithm, key),
    state: () => store.load(),
  };
}

const cipherNames: Readonly<Record<number, string>> = {
  0x03: 'des-ede3-ecb',
  0x08: 'aes-128-ecb',
  0x0a: 'aes-192-ecb',
  0x0c: 'aes-256-ecb',
};

/** One block, as the host's side of an authentication makes it. */
export function managementCipher(
  algorithm: number,
  key: Uint8Array,
  block: string,
  way: 'encrypt' | 'decrypt',
): string {
  const create = way === 'encrypt' ? createCipheriv : createDecipheriv;
  const cipher = create(cipherNames[algorithm]!, key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(block, 'hex'), cipher.final()]).toString('hex');
}

function authenticateManagement(exchange: FixturePivCard['exchange'], algorithm: number, key: Uint8Array): string {
  const number = (value: number): string => value.toString(16).padStart(2, '0');
  const head = `0087${number(algorithm)}9b`;
  const asked = exchange(`${head}047c02800000`);
  const witness = managementCipher(algorithm, key, asked.data.slice(8), 'decrypt');
  const size = witness.length / 2;
  const challenge = '5a'.repeat(size);
  const body = `80${number(size)}${witness}81${number(size)}${challenge}`;
  const template = `7c${number(body.length / 2)}${body}`;
  const answered = exchange(`${head}${number(template.length / 2)}${template}00`);
  const isCard =
    answered.data === `7c${number(size + 2)}82${number(size)}${managementCipher(algorithm, key, challenge, 'encrypt')}`;
  return answered.sw === '9000' && !isCard ? 'not the card' : answered.sw;
}
