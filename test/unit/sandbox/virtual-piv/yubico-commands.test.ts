import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../src/core/bytes.js';
import {
  fixturePivCard,
  pivBlock,
  pivManagementKey,
  pivPin,
  SELECT_PIV,
} from '../../../support/virtual-piv-fixture.js';

const yubikey = { atrKind: 'yubikey', slots: [] } as const;
const hash = 'ab'.repeat(32);
/** NIST's P-256 example key (RFC 6979 §A.2.5). */
const scalar = 'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721';
const IMPORT = `00fe119c220620${scalar}`;

describe('Yubico commands', () => {
  it('are unknown to other cards', () => {
    const { authenticate, send } = fixturePivCard({ slots: [] });
    authenticate();
    for (const command of [
      '00fd000000',
      '00f8000000',
      '00f7008000',
      '00fa030300',
      '00fb000000',
      IMPORT,
      '00ffffff00',
    ]) {
      expect(send(command)).toBe('6d00');
    }
    expect(fixturePivCard(yubikey).send('00f99a0000')).toBe('6d00');
  });

  it('tell version, serial number and metadata', () => {
    const { authenticate, exchange, send, state } = fixturePivCard({ ...yubikey, pinTries: 5 });
    expect(send('00fd000000')).toBe('0504039000');
    expect(send('00f8000000')).toBe(`${toHex(state().serial)}9000`);
    expect(send('00f7008000')).toBe('0101ff05010106020505' + '9000');
    expect(send('00f7008100')).toBe('0101ff05010006020303' + '9000');
    expect(send('00f7009b00')).toBe('010103020200010501009000');
    expect(send('00f7009a00')).toBe('6a88');
    authenticate();
    send(IMPORT);
    expect(exchange('00f7009c00').data).toMatch(/^01011102020301030102044386410460fed4/);
  });
});

describe('importKey()', () => {
  it('needs the management key, and makes a key that signs under the policy given', () => {
    const { authenticate, send, verifyPin, state } = fixturePivCard(yubikey);
    expect(send(IMPORT)).toBe('6982');
    authenticate();
    expect(send(`00fe119c250620${scalar}aa0102`)).toBe('9000');
    expect(state().keys).toMatchObject([{ reference: 0x9c, pinPolicy: 'once', origin: 'imported' }]);
    verifyPin();
    for (const time of [1, 2]) expect(send(`0087119c267c2482008120${hash}`).slice(-4), String(time)).toBe('9000');
  });

  it('takes RSA as two primes, in a chain', () => {
    const { authenticate, people, send, exchange } = fixturePivCard({ atrKind: 'yubikey' });
    authenticate();
    const { p, q, n } = people.rsa.privateKey.export({ format: 'jwk' });
    const hex = (part: string | undefined): string => Buffer.from(part!, 'base64url').toString('hex');
    const data = `018180${hex(p)}028180${hex(q)}`;
    expect(send(`10fe0783ff${data.slice(0, 510)}`)).toBe('9000');
    expect(send(`00fe0783${((data.length - 510) / 2).toString(16).padStart(2, '0')}${data.slice(510)}`)).toBe('9000');
    expect(exchange('00f7008300').data).toContain(hex(n));
    expect(createPublicKey(people.rsa.privateKey).asymmetricKeyDetails?.modulusLength).toBe(2048);
  });

  it('refuses slots, algorithms and numbers that are none', () => {
    const { authenticate, send } = fixturePivCard(yubikey);
    authenticate();
    expect(send(`00fe119b220620${scalar}`)).toBe('6a86');
    expect(send(`00fe149c220620${scalar}`)).toBe('6a80');
    expect(send(`00fe119c220620${'ff'.repeat(32)}`)).toBe('6a80');
    expect(send(`00fe119c220620${'00'.repeat(32)}`)).toBe('6a80');
    expect(send('00fe079c06010103020105')).toBe('6a80');
    expect(send('00fe079c00')).toBe('6a80');
    expect(send(`00fe119c250620${scalar}aa0104`)).toBe('6a80');
  });
});

describe('setManagementKey()', () => {
  const aes256 = 'f0'.repeat(32);

  it('changes key and algorithm for whoever has the old one', () => {
    const { authenticate, send, state } = fixturePivCard(yubikey);
    expect(send(`00ffffff230c9b20${aes256}`)).toBe('6982');
    authenticate(pivManagementKey);
    expect(send(`00ffffff230c9b20${aes256}`)).toBe('9000');
    expect(state().managementKey.algorithm).toBe(0x0c);
    expect(send('0087039b047c02800000')).toBe('6a86');
    expect(send('00870c9b047c02800000')).toMatch(/^7c128010.*9000$/);
  });

  it('refuses a key of another length or algorithm', () => {
    const { authenticate, send } = fixturePivCard(yubikey);
    authenticate();
    expect(send(`00ffffff23089b20${aes256}`)).toBe('6a80');
    expect(send(`00ffffff23109b20${aes256}`)).toBe('6a80');
    expect(send(`00ffffff230c9a20${aes256}`)).toBe('6a80');
    expect(send(`00ffffff230c9b21${aes256}`)).toBe('6a80');
    expect(send('00ffffff030c9b00')).toBe('6a80');
    expect(send(`00ff00ff230c9b20${aes256}`)).toBe('6a86');
  });
});

describe('setRetries() and resetApplication()', () => {
  it('sets tries with management key and PIN, and both codes to the default', () => {
    const { authenticate, send, verifyPin, state } = fixturePivCard(yubikey);
    authenticate();
    expect(send('00fa050600')).toBe('6982');
    verifyPin();
    expect(send('00fa000600')).toBe('6a86');
    expect(send('00fa050600')).toBe('9000');
    expect(send('00200080')).toBe('63c5');
    expect(state().puk).toMatchObject({ maxTries: 6, triesLeft: 6 });
    expect(verifyPin('123456')).toBe('9000');
  });

  it('resets only when both codes are blocked', () => {
    const fixture = fixturePivCard({ atrKind: 'yubikey' });
    const { authenticate, send, state, verifyPin } = fixture;
    authenticate();
    for (let tries = 0; tries < 3; tries += 1) verifyPin('999999');
    expect(send('00fb000000')).toBe('6985');
    for (let tries = 0; tries < 3; tries += 1) send(`002c008010${pivBlock('00000000')}${pivBlock('777777')}`);
    expect(send('00fb000000')).toBe('9000');
    expect(state()).toMatchObject({ keys: [], objects: [], pin: { triesLeft: 3 }, puk: { triesLeft: 3 } });
    expect(send('00db3fff085c035fc1065301aa')).toBe('6982');
    send(SELECT_PIV);
    expect(verifyPin(pivPin)).toBe('9000');
  });
});
