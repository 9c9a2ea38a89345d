import { fromHex } from '../../core/bytes.js';
import type { EcCurve } from '../public-key.js';

/** Domain parameters of a curve over a prime field, big-endian; `generator` uncompressed. */
export interface CurveDomain {
  readonly prime: Uint8Array;
  readonly a: Uint8Array;
  readonly b: Uint8Array;
  readonly generator: Uint8Array;
  readonly order: Uint8Array;
}

/** SP 800-186 §3.2.1.3 (P-256) and §3.2.1.4 (P-384); a = p - 3. */
export const curveDomains: Readonly<Record<EcCurve, CurveDomain>> = {
  'ec-p256': {
    prime: fromHex('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff'),
    a: fromHex('ffffffff00000001000000000000000000000000fffffffffffffffffffffffc'),
    b: fromHex('5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b'),
    generator: fromHex(
      '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
        '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
    ),
    order: fromHex('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'),
  },
  'ec-p384': {
    prime: fromHex('fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff'),
    a: fromHex('fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc'),
    b: fromHex('b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef'),
    generator: fromHex(
      '04aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7' +
        '3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f',
    ),
    order: fromHex('ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973'),
  },
};
