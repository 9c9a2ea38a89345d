import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  publicEncrypt,
  sign,
  verify as verifies,
  type KeyObject,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeTlv, findTlv } from '../../../../src/core/ber-tlv.js';
import { concatBytes, fromHex, toHex } from '../../../../src/core/bytes.js';
import { generateTestKey } from '../../../support/self-signed-certificate.js';
import { ascii } from '../../../support/virtual-card-fixture.js';
import { pkcs15FixtureCard, pkcs15PinBlock, type Pkcs15FixtureCard } from '../../../support/virtual-pkcs15-fixture.js';

const login = `0020000110${pkcs15PinBlock('isoapplet', '1234')}`;
const environment = (purpose: string, algorithm: string, key: string): string =>
  `002241${purpose}0a8001${algorithm}810250158401${key}`;
const pso = (operation: string, data: Uint8Array): string =>
  `002a${operation}${toHex(Uint8Array.of(data.length))}${toHex(data)}00`;
const message = ascii('what is signed');
const hash = (name: string): Uint8Array => new Uint8Array(createHash(name).update(message).digest());
const SHA256_INFO = fromHex('3031300d060960864801650304020105000420');

/** Blocks of 255 bytes, all but the last with the chaining bit; the answer to the last. */
function chained(
  { exchange }: Pkcs15FixtureCard,
  header: string,
  data: Uint8Array,
  le = '',
): { data: string; sw: string } {
  let offset = 0;
  for (; data.length - offset > 255; offset += 255) {
    expect(exchange(`1${header.slice(1)}ff${toHex(data.subarray(offset, offset + 255))}`).sw).toBe('9000');
  }
  const last = data.subarray(offset);
  return exchange(`${header}${toHex(Uint8Array.of(last.length))}${toHex(last)}${le}`);
}

const accepts = (key: KeyObject, signature: string, options: object = {}): boolean =>
  verifies('sha256', message, { key: createPublicKey(key), ...options }, fromHex(signature));

describe('VirtualPkcs15Card keys of IsoApplet', () => {
  it('signs with the PIN, and not without', () => {
    const { send, exchange, rsa } = pkcs15FixtureCard('isoapplet');
    const data = concatBytes(SHA256_INFO, hash('sha256'));
    expect(send(environment('b6', '11', '00'))).toBe('9000');
    expect(send(pso('9e9a', data))).toBe('6982');
    expect(send(login)).toBe('9000');
    const { data: signature, sw } = exchange(pso('9e9a', data));
    expect(sw).toBe('9000');
    expect(accepts(rsa.privateKey, signature)).toBe(true);
    expect(send(pso('8086', Uint8Array.of(0, 1, 2)))).toBe('6985');
    expect(send(pso('9e9a', new Uint8Array(246)))).toBe('6a80');
  });

  it('refuses keys and algorithms that do not fit each other', () => {
    const { send } = pkcs15FixtureCard('isoapplet');
    send(login);
    expect(send(environment('b6', '11', '05'))).toBe('6a88');
    expect(send(environment('b6', '21', '00'))).toBe('6985');
    expect(send(environment('b6', '11', '01'))).toBe('6985');
    expect(send(environment('b6', '02', '00'))).toBe('6a81');
    expect(send(environment('b6', '12', '00'))).toBe('6a81');
    expect(send(environment('b8', '21', '01'))).toBe('6a81');
    expect(send(environment('a4', '21', '01'))).toBe('6a86');
    expect(send('002281b60a80011181025015840100')).toBe('6a86');
    expect(send('002241b603800111')).toBe('6a80');
    expect(send(pso('9e9a', hash('sha256')))).toBe('6985');
  });

  it('hashes ECDSA input by itself in version 0, and takes a hash in version 1', () => {
    const { send, exchange, p256 } = pkcs15FixtureCard('isoapplet');
    const ecdsa = (data: Uint8Array): string => {
      send(login);
      expect(send(environment('b6', '21', '01'))).toBe('9000');
      return exchange(pso('9e9a', data)).data;
    };
    const publicKey = createPublicKey(p256.privateKey);
    expect(verifies('sha1', message, publicKey, fromHex(ecdsa(message)))).toBe(true);
    expect(send('00ca010103')).toBe('01002e9000');
    expect(verifies('sha256', message, publicKey, fromHex(ecdsa(hash('sha256'))))).toBe(true);
    send('00a404000cf276a288bcfba69d34f31001');
    expect(verifies('sha1', message, publicKey, fromHex(ecdsa(message)))).toBe(true);
  });

  it('pads by PSS in version 1, over a hash of known length', () => {
    const { send, exchange, rsa } = pkcs15FixtureCard('isoapplet');
    send('00ca010103');
    send(login);
    expect(send(environment('b6', '12', '00'))).toBe('9000');
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    expect(accepts(rsa.privateKey, exchange(pso('9e9a', hash('sha256'))).data, pss)).toBe(true);
    expect(send(pso('9e9a', new Uint8Array(33)))).toBe('6a80');
  });

  it('deciphers, and takes the padding off', () => {
    const fixture = pkcs15FixtureCard('isoapplet');
    const { send, rsa } = fixture;
    const key = createPublicKey(rsa.privateKey);
    const cryptogram = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, message);
    expect(send(environment('b8', '11', '00'))).toBe('9000');
    expect(chained(fixture, '002a8086', concatBytes(Uint8Array.of(0), cryptogram), '00').sw).toBe('6982');
    send(login);
    const answer = chained(fixture, '002a8086', concatBytes(Uint8Array.of(0), cryptogram), '00');
    expect(answer).toEqual({ data: toHex(message), sw: '9000' });
    const wrong = concatBytes(Uint8Array.of(0), new Uint8Array(256).fill(0xff));
    expect(chained(fixture, '002a8086', wrong, '00').sw).toBe('6a80');
    expect(send(pso('8086', new Uint8Array(20)))).toBe('6a80');
  });

  it('generates RSA-4096, answers with the public key, and signs with it', () => {
    const { send, exchange } = pkcs15FixtureCard('isoapplet');
    expect(send('00224100068001f5840109')).toBe('9000');
    expect(send('0046420000')).toBe('6982');
    send(login);
    expect(send('00224100068001f5840110')).toBe('6a88');
    expect(send('00224100068001f5840109')).toBe('9000');
    expect(send('0046000000')).toBe('6a86');
    const { data } = exchange('0046420000');
    const modulus = findTlv(findTlv(fromHex(data), 0x7f49)!, 0x81)!;
    expect(modulus).toHaveLength(512);
    const key = createPublicKey({
      key: { kty: 'RSA', n: Buffer.from(modulus).toString('base64url'), e: 'AQAB' },
      format: 'jwk',
    });
    send(environment('b6', '11', '09'));
    const signature = exchange(pso('9e9a', concatBytes(SHA256_INFO, hash('sha256')))).data;
    expect(verifies('sha256', message, key, fromHex(signature))).toBe(true);
  });

  it('imports an EC key, and refuses another curve', () => {
    const fixture = pkcs15FixtureCard('isoapplet');
    const { send, exchange } = fixture;
    const key = generateTestKey('p384');
    const scalar = Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url');
    send(login);
    expect(send('00224100068001ec840105')).toBe('9000');
    const curve = curveObjects();
    const otherCurve = curve.replace('fffffffc', 'fffffff0');
    const template = (objects: string): Uint8Array =>
      encodeTlv(0xe0, concatBytes(fromHex(objects), encodeTlv(0x88, scalar)));
    expect(chained(fixture, '00db3fff', template(otherCurve)).sw).toBe('6a80');
    expect(chained(fixture, '00db3fff', template(curve)).sw).toBe('9000');
    send('00ca010103');
    expect(send(environment('b6', '21', '05'))).toBe('9000');
    const signature = fromHex(exchange(pso('9e9a', hash('sha384'))).data);
    expect(verifies('sha384', message, createPublicKey(key), signature)).toBe(true);
  });

  it('refuses parts of an RSA key that do not belong together', () => {
    const fixture = pkcs15FixtureCard('isoapplet');
    fixture.send(login);
    const jwk = generateTestKey('rsa2048').export({ format: 'jwk' });
    const part = (text: string | undefined): Uint8Array => Buffer.from(text!, 'base64url');
    const template = (dp: Uint8Array): Uint8Array => {
      const values: [number, Uint8Array][] = [
        [0x92, part(jwk.p)],
        [0x93, part(jwk.q)],
        [0x94, part(jwk.qi)],
        [0x95, dp],
        [0x96, part(jwk.dq)],
      ];
      return encodeTlv(0x7f48, concatBytes(...values.map(([tag, value]) => encodeTlv(tag, value))));
    };
    fixture.send('00224100068001f3840106');
    expect(chained(fixture, '00db3fff', template(part(jwk.dq))).sw).toBe('6a80');
    fixture.send('00224100068001f5840106');
    expect(chained(fixture, '00db3fff', template(part(jwk.dp))).sw).toBe('6a80');
    fixture.send('00224100068001f3840106');
    expect(chained(fixture, '00db3fff', template(part(jwk.dp))).sw).toBe('9000');
    expect(fixture.state().keys.map(({ reference }) => reference)).toEqual([0, 1, 2, 6]);
    const { pkcs8 } = fixture.state().keys[3]!;
    const imported = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
    const signature = sign('sha256', message, createPrivateKey({ key: jwk, format: 'jwk' }));
    expect(accepts(imported, toHex(signature))).toBe(true);
  });
});

/** P-384 as a host describes it (FIPS 186-4 §D.1.2.4). */
function curveObjects(): string {
  const prime = `${'f'.repeat(56)}${'f'.repeat(6)}feffffffff0000000000000000ffffffff`;
  const generator =
    'aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7' +
    '3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f';
  return (
    `8130${prime}8230${prime.slice(0, -8)}fffffffc` +
    '8330b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef' +
    `846104${generator}` +
    `8530${'f'.repeat(48)}c7634d81f4372ddf581a0db248b0a77aecec196accc52973` +
    '87020001'
  );
}
