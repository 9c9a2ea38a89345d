import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applicationPin, globalPin, preferredPin } from '../../../../src/cards/piv/discovery.js';
import { fromHex } from '../../../../src/core/bytes.js';
import { isMiddlewareError } from '../../../../src/core/errors.js';

const discovery = (policy: string): Uint8Array => fromHex(`4f0ba000000308000010000100 ${policy}`);

describe('preferredPin()', () => {
  it.each([
    ['no discovery object', undefined, 0x80],
    ['the application PIN alone', discovery('5f2f024000'), 0x80],
    ['both, the application PIN first', discovery('5f2f026010'), 0x80],
    ['both, the global PIN first', discovery('5f2f026020'), 0x00],
    ['both and fingerprints, the global PIN first', discovery('5f2f027020'), 0x00],
    ['a preference for a PIN that it has not', discovery('5f2f024020'), 0x80],
    ['no policy', discovery(''), 0x80],
    ['an empty policy', discovery('5f2f00'), 0x80],
    ['half a policy', discovery('5f2f0160'), 0x80],
  ])('with %s', (_, contents, reference) => {
    expect(preferredPin(contents).reference).toBe(reference);
  });

  it('offers a PUK for the PIN of the application alone', () => {
    expect(applicationPin.puk).toMatchObject({ reference: 0x81, readable: false });
    expect(globalPin.puk).toBeUndefined();
  });

  it('on any bytes names a PIN or fails typed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (contents) => {
        try {
          expect([0x00, 0x80]).toContain(preferredPin(contents).reference);
        } catch (error) {
          if (!isMiddlewareError(error, 'ERR_CARD_RESPONSE')) throw error;
        }
      }),
    );
  });
});
