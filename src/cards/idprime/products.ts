import { toHex } from '../../core/bytes.js';

/** How a product names its private keys: by file 0005, by a rule, or not in a way that we may use. */
export type KeyNaming = 'map' | 'f7-plus-container' | 'unsupported';

/** What the answer to reset hints at. It never decides whether a card is an IDPrime: SELECT does. */
export interface ProductHint {
  readonly name: string;
  readonly keys: KeyNaming;
}

/*
 * Historical bytes after `80318065B0` (ISO/IEC 7816-4:2020 §12.1.1: compact-TLV, tag B, card issuer's data), as in
 * OpenSC's card-idprime.c. The products whose PIN is not padded to 16 bytes are `unsupported`: VERIFY in the wrong
 * form counts as a wrong PIN.
 */
const products: readonly (readonly [pattern: RegExp, hint: ProductHint])[] = [
  [/80318065b0855956fb12/, { name: 'IDPrime 940', keys: 'map' }],
  [/80318065b08505003912/, { name: 'IDPrime 940C', keys: 'map' }],
  [/80318065b0850300ef12/, { name: 'IDPrime MD 840', keys: 'f7-plus-container' }],
  [/80318065b084413df612/, { name: 'IDPrime 3810', keys: 'unsupported' }],
  [/80318065b08456511012/, { name: 'IDPrime MD 830', keys: 'unsupported' }],
  [/80318065b0846160fb12/, { name: 'IDPrime 930', keys: 'unsupported' }],
  [/80318065b0846566fb12/, { name: 'IDPrime 930', keys: 'unsupported' }],
];

/** The product that an ATR hints at; an unknown one is taken for a relative of the 940. */
export function productHint(atr: Uint8Array): ProductHint {
  const digits = toHex(atr);
  const found = products.find(([pattern]) => pattern.test(digits));
  return found?.[1] ?? { name: 'IDPrime', keys: 'map' };
}
