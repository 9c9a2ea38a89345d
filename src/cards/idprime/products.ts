import { toHex } from '../../core/bytes.js';
import type { KeySpec } from '../../model/key.js';

/** Container 0 has the first reference, each further one `step` more. */
export interface KeyRule {
  readonly first: number;
  readonly step: number;
}

/**
 * How a product's private keys are named in commands: by the key-reference map (file 0005), or by a first reference to
 * which the container number is added, `step` times.
 */
export type KeyNaming = 'map' | KeyRule;

/** The reference of a container's key by a rule; one byte. */
export function keyReferenceOf({ first, step }: KeyRule, container: number): number {
  return (first + step * container) & 0xff;
}

/** What the answer to reset tells of a product. It never decides whether a card is an IDPrime: SELECT does. */
export interface IdPrimeProduct {
  readonly name: string;
  readonly keys: KeyNaming;
  /** Bytes of the PIN block, padded with 00; undefined: as typed. In the wrong form a PIN counts as a wrong one. */
  readonly pinBlock: 16 | undefined;
  /** Kinds of key that can be made on it. */
  readonly keySpecs: readonly KeySpec[];
}

const rsaOnly: readonly KeySpec[] = ['rsa-2048'];
const rsaAndEc: readonly KeySpec[] = ['rsa-2048', 'ec-p256', 'ec-p384'];
const all: readonly KeySpec[] = ['rsa-2048', 'rsa-3072', 'ec-p256', 'ec-p384'];

/*
 * Historical bytes after `80318065B0` (ISO/IEC 7816-4:2020 §12.1.1: compact-TLV, tag B, card issuer's data), key
 * references, PIN blocks and kinds of key as in OpenSC's card-idprime.c.
 */
const products: readonly (readonly [pattern: RegExp, product: IdPrimeProduct])[] = [
  [/80318065b0855956fb12/, { name: 'IDPrime 940', keys: 'map', pinBlock: 16, keySpecs: all }],
  [/80318065b08505003912/, { name: 'IDPrime 940C', keys: 'map', pinBlock: 16, keySpecs: all }],
  // An old eToken with the historical bytes of the MD 840, and keys of its own.
  [/^3bff.*80318065b0850300ef12/, { name: 'eToken', keys: { first: 0x56, step: 1 }, pinBlock: 16, keySpecs: rsaOnly }],
  [
    /80318065b0850300ef12/,
    { name: 'IDPrime MD 840', keys: { first: 0xf7, step: 1 }, pinBlock: 16, keySpecs: rsaAndEc },
  ],
  [
    /80318065b084413df612/,
    { name: 'IDPrime 3810', keys: { first: 0x31, step: 1 }, pinBlock: undefined, keySpecs: rsaOnly },
  ],
  [
    /80318065b08456511012/,
    { name: 'IDPrime MD 830', keys: { first: 0x41, step: 1 }, pinBlock: undefined, keySpecs: rsaOnly },
  ],
  [
    /80318065b0846160fb12/,
    { name: 'IDPrime 930', keys: { first: 0x11, step: 2 }, pinBlock: undefined, keySpecs: rsaAndEc },
  ],
  [/80318065b0846566fb12/, { name: 'IDPrime 930', keys: { first: 0x10, step: 2 }, pinBlock: undefined, keySpecs: all }],
];

/** The product that an ATR hints at, if it is known. */
export function productHint(atr: Uint8Array): IdPrimeProduct | undefined {
  const digits = toHex(atr);
  return products.find(([pattern]) => pattern.test(digits))?.[1];
}

/**
 * What a card with an unknown answer to reset is taken for: a relative of the 940, unless the release level of its
 * operating system (CPLC, first byte of that field) says that it is one of those that take a PIN as typed.
 */
export function unknownProduct(releaseLevel: number | undefined): IdPrimeProduct {
  const pinBlock = releaseLevel === 0x01 || releaseLevel === 0x02 ? undefined : 16;
  return { name: 'IDPrime', keys: 'map', pinBlock, keySpecs: rsaAndEc };
}
