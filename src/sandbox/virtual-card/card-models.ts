import { fromHex } from '../../core/bytes.js';
import type { CardProtocol } from '../../iso7816/command-apdu.js';

/** How the bytes of a PIN stand in a command: alone, or padded with 00 to 16 bytes. */
export type PinBlock = 'padded' | 'unpadded';

/** Who finds a key without a key map: newer OpenSC by the kind of card, older by the life-cycle level. */
export type KeyRule = 'by-type' | 'by-life-cycle';

/** What one product of the IDPrime family does otherwise than another. */
export interface CardModel {
  readonly product: string;
  readonly atr: Uint8Array;
  readonly protocol: CardProtocol;
  /**
   * High byte of the operating system's release level in the production life cycle data. OpenSC up to 0.23 takes the
   * form of PINs from it (01, 02 unpadded, 03, 04 padded) and the key references, see {@link keyReferenceOf}.
   */
  readonly lifeCycleLevel: 0x01 | 0x02 | 0x03 | 0x04;
  readonly pinBlock: PinBlock;
  /** Key reference of container 0, and what each further container adds. */
  readonly keyReferences: { readonly first: number; readonly step: number };
  /** Whether file 0005 names the keys; readers of the others follow the rule. */
  readonly keyMap: boolean;
  /** Whether there can be a PIN 83. */
  readonly signaturePin: boolean;
  readonly rsaBits: readonly number[];
  readonly ellipticCurves: boolean;
  /** Answer to GET DATA DF30; products before the 930 have none. */
  readonly appletVersion?: string;
}

const padded = { protocol: 'T=0', pinBlock: 'padded' } as const;
const unpadded = { protocol: 'T=0', pinBlock: 'unpadded', keyMap: false, signaturePin: false } as const;
const family940 = {
  ...padded,
  lifeCycleLevel: 0x04,
  keyReferences: { first: 0x56, step: 1 },
  keyMap: true,
  signaturePin: true,
  rsaBits: [1024, 2048, 3072, 4096],
  ellipticCurves: true,
  appletVersion: '4.4.2.A',
} as const;

/**
 * The products, by answer to reset (ISO/IEC 7816-3:2006 §8). References, PIN forms and limits are those by which
 * OpenSC's drivers of 2022 (0.23) and 2024 (0.26) reach the real cards (card-idprime.c, pkcs15-idprime.c). Where both
 * rules can be met at once, the life-cycle level is the one for which they agree.
 */
export const cardModels = {
  '940': { ...family940, product: 'IDPrime 940', atr: fromHex('3B7F96000080318065B0855956FB120FFE829000') },
  '940c': { ...family940, product: 'IDPrime 940C', atr: fromHex('3B7F96000080318065B085050039120FFE829000') },
  etoken5110: {
    ...family940,
    product: 'eToken 5110 CC',
    protocol: 'T=1',
    atr: fromHex('3BFF9600008131FE4380318065B0855956FB120FFE82900000'),
  },
  md840: {
    ...padded,
    product: 'IDPrime MD 840',
    atr: fromHex('3B7F96000080318065B0850300EF120FFE829000'),
    lifeCycleLevel: 0x03,
    keyReferences: { first: 0xf7, step: 1 },
    keyMap: false,
    signaturePin: false,
    rsaBits: [1024, 2048],
    ellipticCurves: true,
  },
  md830: {
    ...unpadded,
    product: 'IDPrime MD 830',
    atr: fromHex('3B7F96000080318065B084565110120FFE829000'),
    lifeCycleLevel: 0x02,
    keyReferences: { first: 0x41, step: 1 },
    rsaBits: [1024, 2048],
    ellipticCurves: false,
  },
  '3810': {
    ...unpadded,
    product: 'IDPrime 3810',
    atr: fromHex('3B7F96000080318065B084413DF6120FFE829000'),
    lifeCycleLevel: 0x01,
    keyReferences: { first: 0x31, step: 1 },
    rsaBits: [1024, 2048],
    ellipticCurves: false,
  },
  '930': {
    ...unpadded,
    product: 'IDPrime 930',
    atr: fromHex('3B7F96000080318065B0846160FB120FFE829000'),
    lifeCycleLevel: 0x02,
    keyReferences: { first: 0x11, step: 2 },
    rsaBits: [1024, 2048, 4096],
    ellipticCurves: true,
    appletVersion: '4.5.0.F',
  },
  '930plus': {
    ...unpadded,
    product: 'eToken 5110+ FIPS',
    protocol: 'T=1',
    atr: fromHex('3BFF9600008131FE4380318065B0846566FB12017882900085'),
    lifeCycleLevel: 0x02,
    keyReferences: { first: 0x10, step: 2 },
    rsaBits: [1024, 2048, 3072, 4096],
    ellipticCurves: true,
    appletVersion: '4.5.0.F',
  },
} as const satisfies Readonly<Record<string, CardModel>>;

export type CardModelName = keyof typeof cardModels;

export function cardModel(name: CardModelName): CardModel {
  return cardModels[name];
}

export function isCardModelName(name: string): name is CardModelName {
  return Object.hasOwn(cardModels, name);
}

/** First reference by life-cycle level, as OpenSC up to 0.23 counts from it, one for each container. */
const firstByLevel = { 0x01: 0x31, 0x02: 0x11, 0x03: 0xf7, 0x04: 0x56 } as const;

/**
 * Where the key of a container lies. The two rules agree for the 940 family, the 840 and the 3810, and for container 0
 * of the 930; a card for older OpenSC of another kind has to be made by the older rule.
 */
export function keyReferenceOf(model: CardModel, container: number, rule: KeyRule = 'by-type'): number {
  const { first, step } =
    rule === 'by-type' ? model.keyReferences : { first: firstByLevel[model.lifeCycleLevel], step: 1 };
  return (first + step * container) & 0xff;
}
