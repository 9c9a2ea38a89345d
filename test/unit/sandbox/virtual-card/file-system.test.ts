import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../../src/core/bytes.js';
import { readCardFile, readCardIndex } from '../../../support/idprime-writer.js';
import { fixtureCard, pinBlock, SELECT_APPLET, type FixtureCard } from '../../../support/virtual-card-fixture.js';

function selected(overrides: Parameters<typeof fixtureCard>[0] = {}): FixtureCard {
  const fixture = fixtureCard(overrides);
  expect(fixture.send(SELECT_APPLET)).toBe('9000');
  return fixture;
}

function withPin(overrides: Parameters<typeof fixtureCard>[0] = {}): FixtureCard {
  const fixture = selected(overrides);
  expect(fixture.send(`0020001110${pinBlock('1234')}`)).toBe('9000');
  return fixture;
}

const hex = (value: number, bytes: number): string => value.toString(16).padStart(2 * bytes, '0');

const readFile = (fixture: FixtureCard, fid: string): Buffer => readCardFile(fixture.exchange, fid);

describe('selectCommand()', () => {
  it('needs the applet before any file, and knows no other applet', () => {
    const { send } = fixtureCard();
    expect(send('00a40800020101')).toBe('6a82');
    expect(send('00b0000010')).toBe('6985');
    expect(send('00a4040006a00000000101')).toBe('6a82');
    expect(send(SELECT_APPLET)).toBe('9000');
    expect(send('00a4040c06a00000000101')).toBe('6a82');
    expect(send('00a40800020101')).toBe('610d');
  });

  it('answers FCI only when asked, for applet, root and files', () => {
    const { send, exchange } = selected();
    expect(exchange('00a404000ba000000018800000000662').data).toBe('6f0d840ba000000018800000000662');
    expect(exchange('00a40000023f00')).toEqual({ data: '6f0782013883023f00', sw: '9000' });
    expect(send('00a4080c020201')).toBe('9000');
    expect(send('00b0000010').slice(-4)).toBe('9000');
  });

  it('refuses files that are not there, long paths, odd lengths and unknown parameters', () => {
    const { send } = selected();
    expect(send('00a40800022f00')).toBe('6a82');
    expect(send('00a408000450155031')).toBe('6a82');
    expect(send('00a408000101')).toBe('6700');
    expect(send('00a40500020101')).toBe('6a86');
    expect(send('00a40801020101')).toBe('6a86');
  });

  it('keeps the current file when a selection fails', () => {
    const { send } = selected();
    send('00a4080c020203');
    expect(send('00a4080c025015')).toBe('6a82');
    expect(send('00b0000008')).toBe('6d73637000000000' + '9000');
  });
});

describe('readBinary()', () => {
  it('finds what the index says, with the sizes that it says', () => {
    const fixture = selected();
    const index = readCardIndex(fixture.exchange);
    expect(index.map(({ fid, name, directory }) => `${fid} ${directory}/${name}`)).toEqual([
      '0201 /cardid',
      '0202 /cardcf',
      '0203 /cardapps',
      '0204 mscp/cmapfile',
      '0205 p11/tinfo',
      '0206 mscp/kxc00',
      '0207 mscp/kxc01',
      '0208 mscp/ksc02',
    ]);
    for (const { fid, size } of index) expect(readFile(fixture, fid)).toHaveLength(size);
    expect(readFile(fixture, '0201')).toHaveLength(16);
    expect(readFile(fixture, '0205').toString('latin1')).toBe('\x01\x10Virtual IDPrime\0');
  });

  it('finds certificates compressed or plain, as they were personalized', () => {
    const { rsa, p256 } = fixtureCard();
    const fixture = selected({ certificates: [rsa, { ...p256, compressed: false }], label: undefined! });
    const [compressed, plain] = [readFile(fixture, '0205'), readFile(fixture, '0206')];
    expect(compressed.subarray(0, 2).toString('hex')).toBe('0100');
    expect(compressed.readUInt16LE(2)).toBe(rsa.der.length);
    expect(inflateSync(compressed.subarray(4)).equals(rsa.der)).toBe(true);
    expect(plain.equals(p256.der)).toBe(true);
  });

  it('finds containers and key references', () => {
    const fixture = selected();
    const containers = readFile(fixture, '0204');
    expect(containers).toHaveLength(15 * 86);
    const record = (n: number): Buffer => containers.subarray(86 * n, 86 * (n + 1));
    expect(record(0).toString('utf16le', 0, 76)).toMatch(/^\{[0-9a-f-]{36}\}$/);
    expect([0, 1, 2, 3].map((n) => record(n).toString('hex', 80))).toEqual([
      '030000000008',
      '010000000001',
      '010080010000',
      '000000000000',
    ]);
    expect(readFile(fixture, '0005').toString('hex')).toBe(
      ['0156000000000001', '0157010000000003', '0158020000000001'].join('') + '00'.repeat(12 * 8),
    );
  });

  it('refuses a missing current file, offsets beyond the end, short identifiers and no Le', () => {
    const { send } = selected();
    expect(send('00b0000010')).toBe('6986');
    send('00a4080c020201');
    expect(send('00b0001001')).toBe('6b00');
    expect(send('00b0810010')).toBe('6a82');
    expect(send('00b00000')).toBe('6700');
    expect(send('00b00000020000')).toBe('6700');
  });
});

describe('updateBinary()', () => {
  it('writes after VERIFY, and what it wrote survives a reset', () => {
    const fixture = withPin();
    fixture.send('00a4080c020202');
    expect(fixture.send('00d6000203aabbcc')).toBe('9000');
    fixture.card.reset();
    fixture.send(SELECT_APPLET);
    expect(readFile(fixture, '0202').toString('hex')).toBe('0000aabbcc00');
    expect(fixture.state().files.find(({ fid }) => fid === 0x0202)?.content).toEqual(fromHex('0000aabbcc00'));
  });

  it('refuses to write without PIN, without file, beyond the end, or nothing', () => {
    const fixture = selected();
    expect(fixture.send('00d6000001aa')).toBe('6986');
    fixture.send('00a4080c020202');
    expect(fixture.send('00d6000001aa')).toBe('6982');
    fixture.send(`0020001110${pinBlock('1234')}`);
    expect(fixture.send('00d6000601aa')).toBe('6b00');
    expect(fixture.send('00d6000502aabb')).toBe('6a84');
    expect(fixture.send('00d6000000')).toBe('6700');
    expect(readFile(fixture, '0202').toString('hex')).toBe('000000000000');
  });
});

describe('createFile() and deleteFile()', () => {
  const create = (fid: string, size: number): string => `00e000000d620b8002${hex(size, 2)}8201018302${fid}`;

  it('creates an empty file, selects it, and deletes it again', () => {
    const fixture = withPin();
    expect(fixture.send(create('0300', 5))).toBe('9000');
    expect(fixture.send('00d6000001aa')).toBe('9000');
    expect(readFile(fixture, '0300').toString('hex')).toBe('aa00000000');
    expect(fixture.send(create('0300', 5))).toBe('6a89');
    expect(fixture.send('00e40000020300')).toBe('9000');
    expect(fixture.send('00b0000005')).toBe('6986');
    expect(fixture.send('00a40800020300')).toBe('6a82');
    expect(fixture.send('00e40000020300')).toBe('6a82');
  });

  it('has only so much space, and gets it back', () => {
    const used = fixtureCard()
      .state()
      .files.reduce((sum, { content }) => sum + content.length, 0);
    const fixture = withPin({ capacity: used + 100 });
    expect(fixture.send(create('0300', 101))).toBe('6a84');
    expect(fixture.send(create('0300', 60))).toBe('9000');
    expect(fixture.send(create('0301', 41))).toBe('6a84');
    expect(fixture.send('00e40000020300')).toBe('9000');
    expect(fixture.send(create('0301', 100))).toBe('9000');
  });

  it('refuses without PIN, malformed templates, and to delete what the card lives by', () => {
    const fixture = selected();
    expect(fixture.send(create('0300', 5))).toBe('6982');
    expect(fixture.send('00e40000020205')).toBe('6982');
    fixture.send(`0020001110${pinBlock('1234')}`);
    for (const template of ['', '6200', '620480020005', '620b8002000082010183020300', '620b8002800082010183020300']) {
      expect(fixture.send(`00e00000${template === '' ? '00' : hex(template.length / 2, 1)}${template}`), template).toBe(
        '6a80',
      );
    }
    for (const fid of ['0101', '0005', '0201', '0204']) expect(fixture.send(`00e4000002${fid}`), fid).toBe('6985');
  });
});

describe('generateKeyPair()', () => {
  it('makes a key that signs at once and survives a restart', () => {
    const fixture = withPin();
    const answer = fixture.exchange('0047000008ac06800111840159');
    expect(answer.sw).toBe('9000');
    expect(answer.data).toMatch(/^7f4943864104[0-9a-f]{128}$/);
    expect(fixture.state().keys.map(({ reference }) => reference)).toEqual([0x56, 0x57, 0x58, 0x59]);
    expect(fixture.send('002241b606800144840159')).toBe('9000');
  });

  it('answers an RSA public key in two parts', () => {
    const answer = withPin().exchange('0047000008ac06800107840159');
    expect(answer.sw).toBe('9000');
    expect(answer.data).toMatch(/^7f4982010981820100[0-9a-f]{512}8203010001$/);
  });

  it('refuses without PIN, taken references, unknown algorithms and malformed templates', () => {
    expect(selected().send('0047000008ac06800111840159')).toBe('6982');
    const { send } = withPin();
    expect(send('0047000008ac06800111840156')).toBe('6a89');
    expect(send('0047000008ac06800199840159')).toBe('6a81');
    expect(send('0047000005ac03800111')).toBe('6a80');
    expect(send('0047000003ac0580')).toBe('6a80');
    expect(send('0047010008ac06800111840159')).toBe('6a86');
  });
});
