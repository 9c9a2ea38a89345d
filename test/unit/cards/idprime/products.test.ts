import { describe, expect, it } from 'vitest';
import { productHint } from '../../../../src/cards/idprime/products.js';
import { fromHex } from '../../../../src/core/bytes.js';

describe('productHint()', () => {
  it.each([
    ['3B7F96000080318065B0855956FB120FFE829000', 'IDPrime 940', 'map', 16],
    ['3BFF9600008131FE4380318065B0855956FB120FFC82900002', 'IDPrime 940', 'map', 16],
    ['3B8F800180318065B0855956FB120FFC82900068', 'IDPrime 940', 'map', 16],
    ['3B7F96000080318065B085050039120FFE829000', 'IDPrime 940C', 'map', 16],
    ['3B7F96000080318065B0850300EF1202C1829000', 'IDPrime MD 840', { first: 0xf7, step: 1 }, 16],
    ['3B7F96000080318065B084413DF6120FFE829000', 'IDPrime 3810', { first: 0x31, step: 1 }, undefined],
    ['3B7F96000080318065B084565110120FFE829000', 'IDPrime MD 830', { first: 0x41, step: 1 }, undefined],
    ['3B7F96000080318065B0846160FB120FFD829000', 'IDPrime 930', { first: 0x11, step: 2 }, undefined],
    ['3BFF9600008131FE4380318065B0846566FB12017882900085', 'IDPrime 930', { first: 0x10, step: 2 }, undefined],
  ])('of %s is %s', (atr, name, keys, pinBlock) => {
    expect(productHint(fromHex(atr))).toMatchObject({ name, keys, pinBlock });
  });

  it.each([
    ['3B7F96000080318065B0855956FB120FFE829000', ['rsa-2048', 'rsa-3072', 'ec-p256', 'ec-p384']],
    ['3B7F96000080318065B0850300EF1202C1829000', ['rsa-2048', 'ec-p256', 'ec-p384']],
    ['3B7F96000080318065B084565110120FFE829000', ['rsa-2048']],
  ])('of %s says which keys can be made on it', (atr, keySpecs) => {
    expect(productHint(fromHex(atr))?.keySpecs).toEqual(keySpecs);
  });

  it.each(['3B00', ''])('of "%s" is unknown', (atr) => {
    expect(productHint(fromHex(atr))).toBeUndefined();
  });
});
