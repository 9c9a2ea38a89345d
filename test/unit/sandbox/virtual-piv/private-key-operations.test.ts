import { constants, createECDH, createHash, createPublicKey, publicDecrypt, publicEncrypt, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../src/core/bytes.js';
import { encodeTlv, findTlv } from '../../../../src/core/ber-tlv.js';
import { generateTestKey, type SelfSigned } from '../../../support/self-signed-certificate.js';
import { fixturePivCard, pivBlock, SELECT_PIV, type FixturePivCard } from '../../../support/virtual-piv-fixture.js';

/** GENERAL AUTHENTICATE in blocks of 255 bytes; answers the contents of 82, or the status word. */
function operate(fixture: FixturePivCard, algorithm: string, key: string, input: string, tag = 0x81): string {
  const body = `8200${toHex(encodeTlv(tag, fromHex(input)))}`;
  const data = toHex(encodeTlv(0x7c, fromHex(body)));
  const blocks = data.match(/.{1,510}/g)!;
  for (const block of blocks.slice(0, -1)) expect(fixture.send(`1087${algorithm}${key}ff${block}`)).toBe('9000');
  const last = blocks.at(-1)!;
  const length = (last.length / 2).toString(16).padStart(2, '0');
  const { data: answer, sw } = fixture.exchange(`0087${algorithm}${key}${length}${last}00`);
  if (sw !== '9000') return sw;
  return toHex(findTlv(findTlv(fromHex(answer), 0x7c)!, 0x82)!);
}

const hash = 'ab'.repeat(32);
const block2048 = `0001${'ff'.repeat(202)}003031300d060960864801650304020105000420${hash}`;

function isSignatureOver(person: SelfSigned, signature: string): boolean {
  const key = createPublicKey(person.privateKey);
  const plain = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, fromHex(signature));
  return toHex(plain) === block2048;
}

describe('performKeyOperation()', () => {
  it('signs with RSA in a chain, whatever the padding, as often as wanted after one PIN', () => {
    const fixture = fixturePivCard();
    expect(operate(fixture, '07', '9a', block2048)).toBe('6982');
    fixture.verifyPin();
    for (const key of ['9a', '9a']) {
      expect(isSignatureOver(fixture.people.rsa, operate(fixture, '07', key, block2048))).toBe(true);
    }
    expect(isSignatureOver(fixture.people.retired, operate(fixture, '07', '82', block2048))).toBe(true);
  });

  it('counts each operation', () => {
    const { card, verifyPin } = fixturePivCard();
    verifyPin();
    const command = fromHex(`0087119c267c2482008120${hash}00`);
    expect([card.process(command), card.process(command)].map(({ keyOperations }) => keyOperations)).toEqual([1, 0]);
  });

  it('signs with ECDSA, as DER', () => {
    const message = Buffer.from('a message');
    const fixture = fixturePivCard();
    fixture.verifyPin();
    const key = createPublicKey(fixture.people.p256.privateKey);
    for (let round = 0; round < 20; round += 1) {
      fixture.verifyPin();
      expect(operate(fixture, '11', '9c', hash)).toMatch(/^30/);
    }
    fixture.verifyPin();
    const signature = operate(fixture, '11', '9c', sha256(message));
    expect(verify('sha256', message, key, fromHex(signature))).toBe(true);
  });

  it('agrees on a key', () => {
    const fixture = fixturePivCard({ slots: [{ reference: 0x9d, privateKey: generateTestKey('p384') }] });
    const own = fixture.state().keys[0]!;
    const peer = createECDH('secp384r1');
    const point = toHex(peer.generateKeys());
    expect(operate(fixture, '14', '9d', point, 0x85)).toBe('6982');
    fixture.verifyPin();
    const secret = operate(fixture, '14', '9d', point, 0x85);
    expect(own.pinPolicy).toBe('once');
    expect(secret).toHaveLength(96);
    expect(operate(fixture, '14', '9d', `${point.slice(0, -2)}00`, 0x85)).toBe('6a80');
    expect(operate(fixture, '14', '9d', point.slice(0, -2), 0x85)).toBe('6a80');
  });

  it('deciphers what was enciphered for the key', () => {
    const fixture = fixturePivCard();
    fixture.verifyPin();
    const key = createPublicKey(fixture.people.deciphering.privateKey);
    const cryptogram = publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.from('secret'));
    const plain = operate(fixture, '07', '9d', toHex(cryptogram));
    expect(plain).toMatch(/^0002/);
    expect(plain.endsWith(Buffer.from('\0secret').toString('hex'))).toBe(true);
  });

  it('wants the PIN right before each use of 9C', () => {
    const fixture = fixturePivCard();
    const sign = (): string => operate(fixture, '11', '9c', hash);
    expect(sign()).toBe('6982');
    fixture.verifyPin();
    expect(sign()).toMatch(/^30/);
    expect(sign()).toBe('6982');
    for (const between of [
      '00200080',
      '00cb3fff055c035fc10700',
      `0020008008${pivBlock('999999')}`,
      '00fd000000',
      'ff00000000',
      '00',
    ]) {
      fixture.verifyPin();
      fixture.send(between);
      expect(sign(), between).toBe('6982');
    }
    fixture.verifyPin();
    fixture.send('00cb3fff035c017e00');
    fixture.send(SELECT_PIV);
    fixture.send('00cb3fff035c017e00');
    expect(sign()).toMatch(/^30/);
  });

  it('does not take a failed use of 9C for none', () => {
    const fixture = fixturePivCard();
    fixture.verifyPin();
    expect(operate(fixture, '11', '9c', 'ab'.repeat(33))).toBe('6a80');
    expect(operate(fixture, '11', '9c', hash)).toBe('6982');
  });

  it('wants no PIN for 9E', () => {
    const fixture = fixturePivCard();
    expect(operate(fixture, '14', '9e', hash)).toMatch(/^30/);
  });

  it('is satisfied by the global PIN where there is one', () => {
    const fixture = fixturePivCard({ globalPin: Buffer.from('24682468') });
    expect(fixture.send(`0020000008${pivBlock('24682468')}`)).toBe('9000');
    expect(operate(fixture, '11', '9c', hash)).toMatch(/^30/);
  });

  it('refuses another algorithm, an empty slot, input of another length, numbers beyond the modulus', () => {
    const fixture = fixturePivCard();
    fixture.verifyPin();
    expect(operate(fixture, '06', '9a', block2048)).toBe('6a86');
    expect(operate(fixture, '00', '9a', block2048)).toBe('6a86');
    expect(operate(fixture, '07', '83', block2048)).toBe('6a88');
    expect(operate(fixture, '07', '04', block2048)).toBe('6a88');
    expect(operate(fixture, '07', '9a', block2048.slice(2))).toBe('6a80');
    expect(operate(fixture, '07', '9a', 'ff'.repeat(256))).toBe('6a80');
    expect(operate(fixture, '14', '9e', '')).toBe('6a80');
  });

  it('signs only where the slot is for signing, and agrees only where it is for that, except on a YubiKey', () => {
    const p256 = generateTestKey('p256');
    const point = toHex(createECDH('prime256v1').generateKeys());
    const slots = [0x9a, 0x9d].map((reference) => ({ reference, privateKey: p256 }));
    const strict = fixturePivCard({ slots });
    strict.verifyPin();
    expect(operate(strict, '11', '9d', hash)).toBe('6a80');
    expect(operate(strict, '11', '9a', point, 0x85)).toBe('6a80');
    const yubikey = fixturePivCard({ slots, atrKind: 'yubikey' });
    yubikey.verifyPin();
    expect(operate(yubikey, '11', '9d', hash)).toMatch(/^30/);
    expect(operate(yubikey, '11', '9a', point, 0x85)).toHaveLength(64);
  });
});

describe('generateKey()', () => {
  it('needs the management key, replaces what was there, and sets the policy of the slot', () => {
    const fixture = fixturePivCard({ slots: [] });
    const command = '0047009c05ac0380011100';
    expect(fixture.send(command)).toBe('6982');
    fixture.authenticate();
    const first = fixture.exchange(command);
    expect(first.data).toMatch(/^7f4943864104/);
    expect(fixture.exchange(command).data).not.toBe(first.data);
    expect(fixture.state().keys).toMatchObject([{ reference: 0x9c, pinPolicy: 'always', origin: 'generated' }]);
  });

  it.each([
    ['06', '7f49818881818'],
    ['07', '7f4982010981820100'],
    ['14', '7f4963866104'],
  ])('makes keys of algorithm %s', (algorithm, start) => {
    const fixture = fixturePivCard({ slots: [] });
    fixture.authenticate();
    const { data, sw } = fixture.exchange(`0047009a05ac038001${algorithm}00`);
    expect(sw).toBe('9000');
    expect(data.startsWith(start)).toBe(true);
  });

  it('refuses unknown slots, algorithms and templates, and what only YubiKeys know', () => {
    const { authenticate, send } = fixturePivCard({ slots: [] });
    authenticate();
    expect(send('0047009b05ac0380011100')).toBe('6a86');
    expect(send('0047008105ac0380011100')).toBe('6a86');
    expect(send('0047019a05ac0380011100')).toBe('6a86');
    expect(send('0047009a05ac0380011200')).toBe('6a80');
    expect(send('0047009a05ac0380011600')).toBe('6a80');
    expect(send('0047009a05ac0480011100')).toBe('6a80');
    expect(send('0047009a02ac0000')).toBe('6a80');
    expect(send('0047009a08ac06800111aa010100')).toBe('6a80');
  });
});

function sha256(message: Uint8Array): string {
  return createHash('sha256').update(message).digest('hex');
}
