import { describe, expect, it } from 'vitest';
import { productHint } from '../../../../src/cards/idprime/products.js';
import { fromHex } from '../../../../src/core/bytes.js';

describe('productHint()', () => {
  it.each([
    ['3B7F96000080318065B0855956FB120FFE829000', 'IDPrime 940', 'map'],
    ['3BFF9600008131FE4380318065B0855956FB120FFC82900002', 'IDPrime 940', 'map'],
    ['3B8F800180318065B0855956FB120FFC82900068', 'IDPrime 940', 'map'],
    ['3B7F96000080318065B085050039120FFE829000', 'IDPrime 940C', 'map'],
    ['3B7F96000080318065B0850300EF1202C1829000', 'IDPrime MD 840', 'f7-plus-container'],
    ['3B7F96000080318065B084413DF6120FFE829000', 'IDPrime 3810', 'unsupported'],
    ['3B7F96000080318065B084565110120FFE829000', 'IDPrime MD 830', 'unsupported'],
    ['3B7F96000080318065B0846160FB120FFD829000', 'IDPrime 930', 'unsupported'],
    ['3BFF9600008131FE4380318065B0846566FB12017882900085', 'IDPrime 930', 'unsupported'],
    ['3B00', 'IDPrime', 'map'],
    ['', 'IDPrime', 'map'],
  ])('of %s is %s with keys by %s', (atr, name, keys) => {
    expect(productHint(fromHex(atr))).toEqual({ name, keys });
  });
});
