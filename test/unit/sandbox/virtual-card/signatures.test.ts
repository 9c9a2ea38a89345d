import { constants, createHash, createPublicKey, publicEncrypt, verify, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fixtureCard, pinBlock, SELECT_APPLET, type FixtureCard } from '../../../support/virtual-card-fixture.js';

const message = Buffer.from('what is to be signed');
const hashOf = (name: string): string => createHash(name).update(message).digest('hex');
const lengthByte = (hex: string): string => (hex.length / 2).toString(16).padStart(2, '0');

function ready(): FixtureCard {
  const fixture = fixtureCard();
  expect(fixture.send(SELECT_APPLET)).toBe('9000');
  expect(fixture.send(`0020001110${pinBlock('1234')}`)).toBe('9000');
  return fixture;
}

function signature(fixture: FixtureCard, algorithm: string, key: string, input: string): Buffer {
  expect(fixture.send(`002241b6068001${algorithm}8401${key}`)).toBe('9000');
  const tagged = `90${lengthByte(input)}${input}`;
  expect(fixture.exchange(`002a90a0${lengthByte(tagged)}${tagged}`)).toEqual({ data: input, sw: '9000' });
  const answer = fixture.send('002a9e9a00');
  const repeated = /^6c..$/.test(answer) ? fixture.send(`002a9e9a${answer.slice(2)}`) : answer;
  expect(repeated.slice(-4)).toBe('9000');
  return Buffer.from(repeated.slice(0, -4), 'hex');
}

const publicOf = (key: KeyObject): KeyObject => createPublicKey(key);

describe('performSecurityOperation()', () => {
  it.each([
    ['42', 'sha256'],
    ['52', 'sha384'],
    ['62', 'sha512'],
  ])('signs PKCS #1 v1.5 with algorithm %s over %s', (algorithm, hash) => {
    const fixture = ready();
    const made = signature(fixture, algorithm, '56', hashOf(hash));
    expect(verify(hash, message, publicOf(fixture.rsa.privateKey), made)).toBe(true);
  });

  it('signs a DigestInfo as it is given with algorithm 02', () => {
    const fixture = ready();
    const digestInfo = `3031300d060960864801650304020105000420${hashOf('sha256')}`;
    const made = signature(fixture, '02', '56', digestInfo);
    expect(verify('sha256', message, publicOf(fixture.rsa.privateKey), made)).toBe(true);
  });

  it.each([
    ['45', 'sha256', 32],
    ['55', 'sha384', 48],
    ['65', 'sha512', 64],
  ])('signs PSS with algorithm %s over %s', (algorithm, hash, saltLength) => {
    const fixture = ready();
    const made = signature(fixture, algorithm, '56', hashOf(hash));
    const key = { key: publicOf(fixture.rsa.privateKey), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
    expect(verify(hash, message, key, made)).toBe(true);
    expect(verify(hash, message, { ...key, saltLength: saltLength - 1 }, made)).toBe(false);
  });

  it.each([
    ['44', 'sha256'],
    ['44', 'sha384'],
    ['44', 'sha512'],
    ['54', 'sha384'],
  ])('signs ECDSA on P-384 with algorithm %s over %s', (algorithm, hash) => {
    const fixture = ready();
    const made = signature(fixture, algorithm, '58', hashOf(hash));
    const key = { key: publicOf(fixture.p384.privateKey), dsaEncoding: 'ieee-p1363' as const };
    expect(made).toHaveLength(96);
    expect(verify(hash, message, key, made)).toBe(true);
    made[5] = (made[5] ?? 0) ^ 1;
    expect(verify(hash, message, key, made)).toBe(false);
  });

  it('signs once per verification with a key under PIN 83', () => {
    const fixture = ready();
    const hash = hashOf('sha512');
    fixture.send('002241b606800144840157');
    const load = `002a90a0429040${hash}`;
    expect(fixture.exchange(load).sw).toBe('9000');
    expect(fixture.send('002a9e9a40')).toBe('6982');
    expect(fixture.send(`0020008310${pinBlock('567890')}`)).toBe('9000');
    const made = fixture.send('002a9e9a40');
    expect(made.slice(-4)).toBe('9000');
    const key = { key: publicOf(fixture.p256.privateKey), dsaEncoding: 'ieee-p1363' as const };
    expect(verify('sha512', message, key, Buffer.from(made.slice(0, -4), 'hex'))).toBe(true);
    expect(fixture.send('0020008300')).toBe('63c3');
    expect(fixture.exchange(load).sw).toBe('9000');
    expect(fixture.send('002a9e9a40')).toBe('6982');
  });

  it('does not sign without PIN, hash or environment, nor the same hash twice', () => {
    const fixture = fixtureCard();
    fixture.send(SELECT_APPLET);
    expect(fixture.send('002a9e9a00')).toBe('6985');
    fixture.send('002241b606800142840156');
    expect(fixture.send('002a9e9a00')).toBe('6982');
    fixture.send(`0020001110${pinBlock('1234')}`);
    expect(fixture.send('002a9e9a00')).toBe('6985');
    expect(fixture.exchange(`002a90a0229020${hashOf('sha256')}`).sw).toBe('9000');
    expect(fixture.send('002a9e9a00').slice(-4)).toBe('9000');
    expect(fixture.send('002a9e9a00')).toBe('6985');
  });

  it('refuses unknown keys, algorithms that do not fit the key, and hashes of another length', () => {
    const fixture = ready();
    expect(fixture.send('002241b606800142840170')).toBe('6a88');
    expect(fixture.send('002241b606800144840156')).toBe('6a80');
    expect(fixture.send('002241b606800142840158')).toBe('6a80');
    expect(fixture.send('002241b60680011a840156')).toBe('6a80');
    expect(fixture.send('002241b403800142')).toBe('6a86');
    expect(fixture.send('002241b6038001')).toBe('6700');
    expect(fixture.send('002241b60380014284')).toBe('6700');
    expect(fixture.send('002241b603800142')).toBe('6a80');
    fixture.send('002241b606800142840156');
    expect(fixture.send(`002a90a0169014${hashOf('sha1')}`)).toBe('6a80');
    expect(fixture.send(`002a90a0229021${hashOf('sha256')}`)).toBe('6a80');
  });
});

describe('performSecurityOperation() deciphering', () => {
  const plain = Buffer.from('hello\n');
  const decipher = (fixture: FixtureCard, algorithm: string, key: string, cryptogram: Buffer) => {
    expect(fixture.send(`002241b8068001${algorithm}8401${key}`)).toBe('9000');
    const data = `81${cryptogram.toString('hex')}`;
    expect(fixture.send(`102a8086ff${data.slice(0, 510)}`)).toBe('9000');
    return fixture.exchange(`002a8086${lengthByte(data.slice(510))}${data.slice(510)}`);
  };

  it.each([
    ['1a', { padding: constants.RSA_PKCS1_PADDING }],
    ['1d', { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }],
    ['4d', { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }],
    ['6d', { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha512' }],
  ])('takes the padding off with algorithm %s', (algorithm, padding) => {
    const fixture = ready();
    const cryptogram = publicEncrypt({ key: publicOf(fixture.rsa.privateKey), ...padding }, plain);
    expect(decipher(fixture, algorithm, '56', cryptogram)).toEqual({ data: plain.toString('hex'), sw: '9000' });
  });

  it('refuses bad padding, a cryptogram beyond the modulus and a missing PIN', () => {
    const fixture = ready();
    const cryptogram = publicEncrypt(publicOf(fixture.rsa.privateKey), plain);
    expect(decipher(fixture, '4d', '56', Buffer.from(cryptogram).fill(7, 200)).sw).toBe('6a80');
    expect(decipher(fixture, '1a', '56', Buffer.alloc(256, 0xff)).sw).toBe('6a80');
    expect(decipher(fixture, '1a', '56', Buffer.alloc(256, 0x01)).sw).toBe('6a80');
    fixture.send('0020ff1100');
    expect(decipher(fixture, '1a', '56', cryptogram).sw).toBe('6982');
  });
});
