import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { findTlv } from '../../../../src/core/ber-tlv.js';
import { fromHex } from '../../../../src/core/bytes.js';
import { personalizePiv } from '../../../../src/sandbox/virtual-piv/personalize-piv.js';
import { fixturePivCard, SELECT_PIV, testPivPeople } from '../../../support/virtual-piv-fixture.js';

const bare = { slots: [] };

describe('selectPiv()', () => {
  it('knows the application by any beginning of its name from five bytes on', () => {
    const aid = 'a000000308000010000100';
    for (let bytes = 0; bytes <= 11; bytes += 1) {
      const { send } = fixturePivCard(bare);
      const name = aid.slice(0, 2 * bytes);
      const answer = send(`00a40400${bytes.toString(16).padStart(2, '0')}${name}`);
      expect(answer, name).toBe(bytes < 5 ? '6a82' : '61114f0600001000010079074f05a0000003089000');
    }
    expect(fixturePivCard(bare).send('00a4040006a00000030801')).toBe('6a82');
  });

  it('is wanted before all else, except by a card whose ATR says that PIV is selected from the start', () => {
    for (const [atrKind, expected] of [
      ['hist', '9000'],
      ['yubikey', '6d00'],
      ['generic', '6d00'],
    ] as const) {
      const { card, send } = fixturePivCard({ ...bare, atrKind });
      card.reset();
      expect(send('00cb3fff035c017e00').slice(-4)).toBe(expected);
      send(SELECT_PIV);
      expect(send('00cb3fff035c017e00').slice(-4)).toBe('9000');
    }
  });

  it.each(['hist', 'yubikey', 'generic'] as const)('is not taken for another card (%s)', (atrKind) => {
    const { card, send } = fixturePivCard({ ...bare, atrKind, discovery: false });
    const names = ['627601ff000000', 'a00000000101', 'e82b0601040181c31f020100', 'd23300000045737445494420763335'];
    names.push('a000000116db00', 'a0000000791000', 'a0000000790100', 'a0000000790f00', 'f276a288bcfba69d34f31001');
    names.push('a000000018800000000662', 'a000000063504b43532d3135');
    for (const select of [false, true]) {
      card.reset();
      if (select) send(SELECT_PIV);
      for (const name of names) {
        const length = (name.length / 2).toString(16).padStart(2, '0');
        expect(send(`00a40400${length}${name}`), name).toBe('6a82');
        expect(send(`00a4040c${length}${name}`), name).toBe('6a82');
      }
      expect(send('00cadf3005')).toBe('6d00');
      expect(send('00cb3fff035c017e08')).toBe(select || atrKind === 'hist' ? '6a82' : '6d00');
      expect(send('00a40800022f00')).toBe('6a81');
    }
  });
});

describe('getData()', () => {
  it('gives certificates, larger than an answer, as they are or compressed', () => {
    const { exchange } = fixturePivCard();
    const plain = findTlv(fromHex(exchange('00cb3fff055c035fc10500').data), 0x53)!;
    expect(findTlv(plain, 0x70)).toEqual(testPivPeople().rsa.der);
    expect(findTlv(plain, 0x71)).toEqual(Uint8Array.of(0));
    const packed = findTlv(fromHex(exchange('00cb3fff055c035fc10d00').data), 0x53)!;
    expect(findTlv(packed, 0x71)).toEqual(Uint8Array.of(1));
    expect(new Uint8Array(gunzipSync(findTlv(packed, 0x70)!))).toEqual(testPivPeople().retired.der);
  });

  it('gives CHUID, CCC and key history', () => {
    const { exchange } = fixturePivCard();
    expect(exchange('00cb3fff055c035fc10200').data).toContain('341000112233445566778899aabbccddeeff3508');
    expect(exchange('00cb3fff055c035fc10700').data).toMatch(/^5333f015a000000116ff02/);
    expect(exchange('00cb3fff055c035fc10c00').data).toBe('530ac10101c20100f300fe00');
  });

  it('wants the PIN for what is personal, whether it is there or not', () => {
    const printed = fromHex('0104' + '54455354');
    const { send, verifyPin } = fixturePivCard({ ...bare, objects: [{ tag: 0x5fc109, value: printed }] });
    for (const tag of ['03', '08', '09', '21', '23']) expect(send(`00cb3fff055c035fc1${tag}00`)).toBe('6982');
    verifyPin();
    expect(send('00cb3fff055c035fc10900')).toBe('53060104544553549000');
    expect(send('00cb3fff055c035fc10300')).toBe('6a82');
  });

  it('refuses what names no object', () => {
    const { send } = fixturePivCard(bare);
    expect(send('00cb3fff055c035fc10500')).toBe('6a82');
    expect(send('00cb3fff035c017f00')).toBe('6a82');
    expect(send('00cb00ff055c035fc10200')).toBe('6a86');
    expect(send('00cb3fff045c035fc100')).toBe('6a80');
    expect(send('00cb3fff065c045fc1020000')).toBe('6a80');
    expect(send('00cb3fff0453025fc100')).toBe('6a80');
    expect(send('00cb3fff00')).toBe('6a80');
  });
});

describe('putData()', () => {
  it('writes, replaces and deletes with the management key alone', () => {
    const { authenticate, exchange, send, verifyPin } = fixturePivCard(bare);
    const write = (value: string): string => {
      const length = (value.length / 2).toString(16).padStart(2, '0');
      return send(`00db3fff${(value.length / 2 + 7).toString(16).padStart(2, '0')}5c035fc10653${length}${value}`);
    };
    verifyPin();
    expect(write('aabb')).toBe('6982');
    authenticate();
    expect(write('aabb')).toBe('9000');
    expect(write('ccddee')).toBe('9000');
    expect(exchange('00cb3fff055c035fc10600').data).toBe('5303ccddee');
    expect(write('')).toBe('9000');
    expect(exchange('00cb3fff055c035fc10600').sw).toBe('6a82');
  });

  it('takes a chain, which carries nothing out before its end', () => {
    const { authenticate, exchange, send } = fixturePivCard(bare);
    authenticate();
    const value = 'ab'.repeat(600);
    const data = `5c035fc10553820258${value}`;
    expect(send(`10db3fffff${data.slice(0, 510)}`)).toBe('9000');
    expect(send(`10db3fffff${data.slice(510, 1020)}`)).toBe('9000');
    const last = data.slice(1020);
    expect(send(`00db3fff${(last.length / 2).toString(16)}${last}`)).toBe('9000');
    expect(exchange('00cb3fff055c035fc10500').data).toBe(`53820258${value}`);
    expect(send(`10db3fffff${data.slice(0, 510)}`)).toBe('9000');
    expect(send('00200080')).toBe('63c3');
    expect(send(`00db3fff${(last.length / 2).toString(16)}${last}`)).toBe('6a80');
  });

  it('refuses unknown objects, broken data, and more than fits', () => {
    const { authenticate, send } = fixturePivCard({ ...bare, capacity: 200 });
    authenticate();
    expect(send('00db3fff085c035fc1305301aa')).toBe('6a81');
    expect(send('00db3fff085c035fff005301aa')).toBe('6a81');
    expect(send('00db3fff065c017e5301aa')).toBe('6a81');
    expect(send('00db3fff085c035fc1065302aa')).toBe('6a80');
    expect(send('00db00ff085c035fc1065301aa')).toBe('6a86');
    expect(send(`00db3fff685c035fc1065361${'aa'.repeat(97)}`)).toBe('6a84');
  });
});

describe('personalizePiv()', () => {
  it('refuses what does not fit the card', () => {
    const { rsa, p256 } = testPivPeople();
    const pin = Buffer.from('123456');
    const refused = (options: Partial<Parameters<typeof personalizePiv>[0]>): void => {
      const make = (): unknown => personalizePiv({ pin, slots: [], ...options });
      expect(make).toThrow(expect.objectContaining({ code: 'ERR_USAGE' }));
    };
    refused({ pin: Buffer.from('12345') });
    refused({ puk: Buffer.from('123456789') });
    refused({ guid: new Uint8Array(15) });
    refused({ slots: [{ reference: 0x96, ...rsa }] });
    refused({ slots: [{ reference: 0x9a, privateKey: rsa.privateKey, der: p256.der }] });
    refused({ managementKey: { algorithm: 0x0c, value: new Uint8Array(24) } });
    refused({ slots: [{ reference: 0x9a, ...rsa }], capacity: 100 });
  });
});
