import {
  constants,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  privateDecrypt,
  verify as verifies,
} from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { encodeTlv } from '../../../../src/core/ber-tlv.js';
import { concatBytes, fromHex, toHex } from '../../../../src/core/bytes.js';
import { ascii } from '../../../support/virtual-card-fixture.js';
import {
  emptyPkcs15FixtureCard,
  pkcs15FixtureCard,
  pkcs15PinBlock,
  type Pkcs15FixtureCard,
} from '../../../support/virtual-pkcs15-fixture.js';

const block = (pin: string): string => pkcs15PinBlock('myeid', pin);
const login = (pin = '1234', reference = '01'): string => `002000${reference}08${block(pin)}`;
const environment = (purpose: string, algorithm: string, fid: string): string =>
  `002241${purpose}0a8001${algorithm}8102${fid}840100`;
const createPin = (reference: string): string => `00da01${reference}13${block('1234')}${block('12345678')}030a00`;
const activate = '004404000ca000000063504b43532d3135';
const create = (fid: string, size: string, type: string, access: string): string =>
  `00e000001962178102${size}8201${type}8302${fid}8603${access}850200008a0100`;
const message = ascii('what is signed');
const changes = ({ send }: Pkcs15FixtureCard): number => parseInt(send('00ca01a014').slice(36, 40), 16);

describe('VirtualPkcs15Card as MyEID', () => {
  it('tells version, serial number and capabilities', () => {
    const { send } = pkcs15FixtureCard('myeid', { serial: fromHex('00112233445566778899') });
    expect(send('00ca01a014')).toMatch(/^[0-9a-f]{10}04050000112233445566778899[0-9a-f]{4}9000$/);
    expect(send('00ca01aa0c')).toBe('01000910000000000001809000');
    expect(send('00ca01bb0c')).toBe('6a88');
    expect(send('00ca9f7f2d')).toBe('6a88');
    expect(send('00a4080c025015')).toBe('9000');
    expect(send('00ca01a100')).toContain('50315032');
  });

  it('counts every change, and no reading, verifying or try', () => {
    const fixture = pkcs15FixtureCard('myeid');
    const { send } = fixture;
    const before = changes(fixture);
    send(login('9999'));
    send(login());
    send('00a4080c0450154301');
    send('00b0000010');
    expect(changes(fixture)).toBe(before);
    send('00d600000130');
    expect(changes(fixture)).toBe(before + 1);
    send('00a4080c025015');
    send(create('4310', '0010', '01', '011fff'));
    expect(changes(fixture)).toBe(before + 2);
    send('a0e40000');
    expect(changes(fixture)).toBe(before + 3);
    send(`0024000110${block('1234')}${block('4321')}`);
    expect(changes(fixture)).toBe(before + 4);
  });

  it('protects nothing until it is activated, and has final PINs afterwards', () => {
    const { send } = emptyPkcs15FixtureCard('myeid');
    expect(send('00a404000ca000000063504b43532d313500')).toMatch(/8a01019000$/);
    expect(send(createPin('01'))).toBe('9000');
    expect(send(create('4401', '0010', '01', '111fff'))).toBe('9000');
    expect(send('00d600000101')).toBe('9000');
    expect(send('004404000ca000000063504b43532d31ff')).toBe('6a82');
    expect(send(activate)).toBe('9000');
    expect(send(activate)).toBe('6985');
    expect(send('00a404000ca000000063504b43532d313500')).toMatch(/8a01059000$/);
    expect(send('00a4080c0450154401')).toBe('9000');
    expect(send('00b0000001')).toBe('6982');
    expect(send('00d600000102')).toBe('6982');
    expect(send('a0e40000')).toBe('6982');
    expect(send(createPin('02'))).toBe('6985');
    expect(send(login())).toBe('9000');
    expect(send('00b0000001')).toBe('019000');
    expect(send('002e0000')).toBe('9000');
    expect(send('00b0000001')).toBe('6982');
  });

  it('creates PINs 1 to 14, of acceptable form only', () => {
    const { send } = emptyPkcs15FixtureCard('myeid');
    expect(send(createPin('0e'))).toBe('9000');
    expect(send(createPin('0f'))).toBe('6a88');
    expect(send(createPin('00'))).toBe('6a88');
    expect(send(`00da010113${block('12')}${block('12345678')}030a00`)).toBe('6a80');
    expect(send(`00da010113${block('1234')}${block('12345678')}000a00`)).toBe('6a80');
    expect(send(`00da010110${block('1234')}${block('12345678')}`)).toBe('6700');
    expect(send('0020000e')).toBe('63c3');
    expect(send('00200001')).toBe('6a88');
  });

  it('is erased by who may erase it', () => {
    const { send, state } = emptyPkcs15FixtureCard('myeid');
    const erase = '00da01e008ffff113fff111fff';
    expect(send(erase)).toBe('9000');
    expect(send(createPin('01'))).toBe('9000');
    expect(send(createPin('03'))).toBe('9000');
    expect(send(activate)).toBe('9000');
    expect(send(erase)).toBe('6982');
    expect(send(login())).toBe('9000');
    expect(send(erase)).toBe('6982');
    expect(send(login('1234', '03'))).toBe('9000');
    expect(send('00da01e007ffff113fff111f')).toBe('6a80');
    expect(send(erase)).toBe('9000');
    expect(state()).toMatchObject({ activated: false, secrets: [] });
    expect(send('00200001')).toBe('6a88');
  });

  it('generates keys in key files only, and tells their public part', () => {
    const { send, exchange } = pkcs15FixtureCard('myeid');
    expect(send('00a4080c025015')).toBe('9000');
    expect(send(create('4b10', '0180', '22', '1111ff'))).toBe('6982');
    send(login());
    expect(send(create('4b10', '0180', '22', '1111ff'))).toBe('9000');
    expect(send(create('4b11', '0201', '22', '1111ff'))).toBe('6a80');
    expect(send('00ca018600')).toBe('6a88');
    expect(send(environment('b6', '04', '4b10'))).toBe('6a88');
    expect(send('004600000730058103010001')).toBe('6a80');
    expect(send('00460000')).toBe('9000');
    expect(send('00ca018600')).toMatch(/^866104[0-9a-f]{192}9000$/);
    expect(send('00ca010100')).toBe('6a88');
    expect(send('00b0000001')).toBe('6986');
    expect(send('00d600000100')).toBe('6986');
    expect(exchange('00a408000450154b1000').data).toMatch(/8102018082012283024b10/);
    expect(send('00a4080c0450154301')).toBe('9000');
    expect(send('00460000')).toBe('6986');
    expect(send('00da018104010001ff')).toBe('6986');
  });

  it('forgets the parts of a key when another file is selected', () => {
    const { send } = pkcs15FixtureCard('myeid');
    const key = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ format: 'jwk' });
    const hex = (text: string | undefined): string => Buffer.from(text!, 'base64url').toString('hex');
    const scalar = `00da018720${hex(key.d)}`;
    const point = `00da01864104${hex(key.x)}${hex(key.y)}`;
    const select = '00a4080c0450154b02';
    send(login());
    send(select);
    expect(send(scalar)).toBe('9000');
    send(select);
    expect(send(point)).toBe('6a80');
    expect(send(scalar)).toBe('9000');
    expect(send(point)).toBe('9000');
    expect(send('00ca018600')).toBe(`864104${hex(key.x)}${hex(key.y)}9000`);
    send('002e0000');
    expect(send(scalar)).toBe('6982');
  });

  it('has files for secrets that are agreed on, which nobody reads', () => {
    const { send } = pkcs15FixtureCard('myeid');
    send(login());
    send('00a4080c025015');
    expect(send(create('4d01', '0100', '41', '1111ff'))).toBe('9000');
    expect(send('00b0000001')).toBe('6986');
    expect(send('00460000')).toBe('6986');
    expect(send(create('4d02', '0401', '41', '1111ff'))).toBe('6a80');
    expect(send('00a408040450154d0100')).toContain('820141');
  });

  it('signs raw, padded and with elliptic curves, each key under its PIN', () => {
    const { send, exchange, rsa, p384 } = pkcs15FixtureCard('myeid');
    expect(send(environment('b6', '02', '4b01'))).toBe('9000');
    expect(send('002a9e9a02010200')).toBe('6982');
    send(login());
    const padded = exchange('002a9e9a02010200');
    expect(padded.sw).toBe('9000');
    expect(send(environment('b6', '00', '4b01'))).toBe('9000');
    expect(send('002a9e9a02010200')).toBe('6a80');
    const raw = fromHex(`0001${'ff'.repeat(251)}000102`);
    expect(send(`102a9e9aff${toHex(raw.subarray(0, 255))}`)).toBe('9000');
    expect(exchange(`002a9e9a01${toHex(raw.subarray(255))}00`)).toEqual(padded);
    expect(createPublicKey(rsa.privateKey).asymmetricKeyDetails?.modulusLength).toBe(padded.data.length * 4);
    expect(send(environment('b6', '04', '4b03'))).toBe('9000');
    const hash = toHex(createHash('sha384').update(message).digest());
    expect(send(`002a9e9a30${hash}00`)).toBe('6982');
    expect(send(login('567890', '02'))).toBe('9000');
    const signature = fromHex(exchange(`002a9e9a30${hash}00`).data);
    expect(verifies('sha384', message, createPublicKey(p384.privateKey), signature)).toBe(true);
  });

  it('refuses keys and algorithms that do not fit each other', () => {
    const { send } = pkcs15FixtureCard('myeid');
    send(login());
    expect(send(environment('b6', '04', '4b01'))).toBe('6985');
    expect(send(environment('b6', '02', '4b02'))).toBe('6985');
    expect(send(environment('b8', '04', '4b02'))).toBe('6985');
    expect(send(environment('a4', '02', '4b01'))).toBe('6985');
    expect(send(environment('b6', '02', '4b09'))).toBe('6a88');
    expect(send(environment('b6', '02', '4301'))).toBe('6a88');
    expect(send(environment('b6', '12', '4b01'))).toBe('6a81');
    expect(send('002241b60a80010281024b01840101')).toBe('6a80');
    expect(send('002a9e9a02010200')).toBe('6985');
  });

  it('deciphers without padding, with algorithm 00 as it is', () => {
    const { send, exchange, rsa } = pkcs15FixtureCard('myeid');
    send(login());
    expect(send(environment('b8', '00', '4b01'))).toBe('9000');
    const cryptogram = new Uint8Array(256).fill(0x55);
    expect(send(`102a8086ff00${toHex(cryptogram.subarray(0, 254))}`)).toBe('9000');
    const plain = privateDecrypt({ key: rsa.privateKey, padding: constants.RSA_NO_PADDING }, cryptogram);
    expect(exchange(`002a808602${toHex(cryptogram.subarray(254))}00`)).toEqual({ data: toHex(plain), sw: '9000' });
  });

  it('agrees on a secret, and refuses a point that is not on the curve', () => {
    const { send, p256 } = pkcs15FixtureCard('myeid');
    const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const { x, y } = other.publicKey.export({ format: 'jwk' });
    const point = concatBytes(Uint8Array.of(4), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url'));
    const template = (bytes: Uint8Array): string => `0086000045${toHex(encodeTlv(0x7c, encodeTlv(0x85, bytes)))}00`;
    expect(send(environment('a4', '04', '4b02'))).toBe('9000');
    expect(send(template(point))).toBe('6982');
    send(login());
    const secret = diffieHellman({ privateKey: p256.privateKey, publicKey: other.publicKey });
    expect(send(template(point))).toBe(`${toHex(secret)}9000`);
    expect(send(template(point.map((byte, index) => (index === 64 ? byte ^ 1 : byte))))).toBe('6a80');
    expect(send('0086000002ffff00')).toBe('6a80');
  });
});
