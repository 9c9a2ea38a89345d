import { encodeTlv, findTlv } from '../../core/ber-tlv.js';
import { concatBytes, equalBytes, fromHex } from '../../core/bytes.js';
import type { CurveName } from '../virtual-card/ecdsa.js';

/**
 * Domain parameters (FIPS 186-4 §D.1.2.3 and §D.1.2.4) in IsoApplet's data objects: 81 prime, 82 a, 83 b, 84 generator,
 * 85 order, 87 cofactor in two bytes.
 */
const parameters: Record<CurveName, readonly (readonly [number, Uint8Array])[]> = {
  prime256v1: [
    [0x81, fromHex('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff')],
    [0x82, fromHex('ffffffff00000001000000000000000000000000fffffffffffffffffffffffc')],
    [0x83, fromHex('5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b')],
    [
      0x84,
      fromHex(
        '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
          '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
      ),
    ],
    [0x85, fromHex('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')],
    [0x87, fromHex('0001')],
  ],
  secp384r1: [
    [0x81, fromHex('fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff')],
    [0x82, fromHex('fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc')],
    [0x83, fromHex('b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef')],
    [
      0x84,
      fromHex(
        '04aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7' +
          '3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f',
      ),
    ],
    [0x85, fromHex('ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973')],
    [0x87, fromHex('0001')],
  ],
};

const curves: readonly CurveName[] = ['prime256v1', 'secp384r1'];

/** The curve that these data objects describe, byte for byte. */
export function curveWithParameters(objects: Uint8Array): CurveName | undefined {
  return curves.find((curve) =>
    parameters[curve].every(([tag, value]) => {
      const given = findTlv(objects, tag);
      return given !== undefined && equalBytes(given, value);
    }),
  );
}

/** The parameters, with the public point (86) in its place. */
export function publicKeyWithParameters(curve: CurveName, point: Uint8Array): Uint8Array {
  const objects = parameters[curve].map(([tag, value]) => ({ tag, encoded: encodeTlv(tag, value) }));
  const all = [...objects, { tag: 0x86, encoded: encodeTlv(0x86, point) }].sort((a, b) => a.tag - b.tag);
  return concatBytes(...all.map(({ encoded }) => encoded));
}
