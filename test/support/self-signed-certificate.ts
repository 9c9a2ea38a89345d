import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { encodeTlv } from '../../src/core/ber-tlv.js';
import { concatBytes, fromHex } from '../../src/core/bytes.js';

/** A key with a certificate that it signed itself: enough for a card, for which a certificate is only bytes and a key. */
export interface SelfSigned {
  readonly privateKey: KeyObject;
  readonly der: Uint8Array;
}

export type TestKeyType = 'rsa2048' | 'p256' | 'p384';

const sequence = (...parts: Uint8Array[]): Uint8Array => encodeTlv(0x30, concatBytes(...parts));
const SHA256_WITH_RSA = fromHex('300d06092a864886f70d01010b0500');
const ECDSA_WITH_SHA256 = fromHex('300a06082a8648ce3d040302');
const COMMON_NAME = fromHex('0603550403');

export function generateTestKey(type: TestKeyType): KeyObject {
  if (type === 'rsa2048') return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  return generateKeyPairSync('ec', { namedCurve: type === 'p256' ? 'prime256v1' : 'secp384r1' }).privateKey;
}

export function selfSigned(commonName: string, type: TestKeyType = 'rsa2048'): SelfSigned {
  const privateKey = generateTestKey(type);
  return { privateKey, der: certificateOver(commonName, createPublicKey(privateKey), privateKey) };
}

/** keyUsage with digitalSignature alone (RFC 5280 §4.2.1.3), as one of the extensions. */
const DIGITAL_SIGNATURE = fromHex('a3123010300e0603551d0f0101ff040403020780');

/** A certificate of a key that a card keeps to itself, signed by whatever key the test has. */
export function certificateOver(
  commonName: string,
  publicKey: KeyObject,
  signer: KeyObject,
  usages: readonly 'digitalSignature'[] = [],
): Uint8Array {
  const algorithm = signer.asymmetricKeyType === 'rsa' ? SHA256_WITH_RSA : ECDSA_WITH_SHA256;
  const name = sequence(encodeTlv(0x31, sequence(COMMON_NAME, encodeTlv(0x0c, Buffer.from(commonName)))));
  const time = (year: number): Uint8Array => encodeTlv(0x18, Buffer.from(`${year}0101000000Z`));
  const toBeSigned = sequence(
    encodeTlv(0xa0, Uint8Array.of(2, 1, 2)),
    encodeTlv(0x02, Uint8Array.of(1)),
    algorithm,
    name,
    sequence(time(2020), time(2090)),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    usages.length === 0 ? new Uint8Array() : DIGITAL_SIGNATURE,
  );
  const signature = sign('sha256', toBeSigned, signer);
  return sequence(toBeSigned, algorithm, encodeTlv(0x03, concatBytes(Uint8Array.of(0), signature)));
}
