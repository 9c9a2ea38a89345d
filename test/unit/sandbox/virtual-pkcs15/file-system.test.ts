import { describe, expect, it } from 'vitest';
import { emptyPkcs15FixtureCard, pkcs15FixtureCard, pkcs15PinBlock } from '../../../support/virtual-pkcs15-fixture.js';

const aid = 'a000000063504b43532d3135';
const verify = `0020000110${pkcs15PinBlock('isoapplet', '1234')}`;
const free = 'ff00000000000000';
const create = (fid: string, size = '0010', type = '01', access = free): string =>
  `00e00000176f158102${size}8201${type}8302${fid}8608${access}`;

describe('VirtualPkcs15Card SELECT', () => {
  it('finds files by every form of SELECT', () => {
    const { send } = pkcs15FixtureCard('isoapplet');
    expect(send('00a40000023f0000')).toMatch(/^6f1881027fff82013883023f008608ff90909090909090.*9000$/);
    expect(send(`00a404000c${aid}00`)).toMatch(/^6f26.*840ca000000063504b43532d3135.*9000$/);
    expect(send('00a4020002503100')).toMatch(/^6f18800201008201018302503186.*8a01059000$/);
    expect(send('00a4040c0ca000000063504b43532d3135')).toBe('9000');
    expect(send('00a4090c025032')).toBe('9000');
    expect(send('00a40300')).toBe('611a');
    expect(send('00c000001a')).toContain('83023f00');
    expect(send('00a4030000')).toBe('6a82');
    expect(send('00a4010c025015')).toBe('9000');
    expect(send('00a4080c0450154401')).toBe('9000');
    expect(send('00a4000c025015')).toBe('9000');
    expect(send('00a4000c022f00')).toBe('9000');
    expect(send('00a4080404501544010000')).toBe('6700');
    expect(send('00a40804045015440100')).toMatch(/^62/);
  });

  it('refuses what is not there, and keeps the file that was current', () => {
    const { send } = pkcs15FixtureCard('isoapplet');
    expect(send('00a4080c0450155032')).toBe('9000');
    const before = send('00b0000010');
    for (const wrong of ['00a4080c025031', '00a4080c0450154499', '00a4080c0650155032ffff', '00a4020c025015']) {
      expect(send(wrong), wrong).toBe('6a82');
    }
    expect(send('00a4010c025031')).toBe('6a82');
    expect(send('00a4080c03501544')).toBe('6700');
    expect(send('00a4050c025015')).toBe('6a86');
    expect(send('00a40803025015')).toBe('6a86');
    expect(send(`00a404000b${aid.slice(0, -2)}`)).toBe('6a82');
    expect(send('00b0000010')).toBe(before);
  });
});

describe('VirtualPkcs15Card extended length', () => {
  it('is taken and announced when the card was made so, and only then', () => {
    const select = '00a404000cf276a288bcfba69d34f31001';
    const { send } = pkcs15FixtureCard('isoapplet', {}, { extendedLength: true });
    expect(send(select)).toBe('0006079000');
    expect(send('00ca010103')).toBe('01002f9000');
    send('00a4080c0450154402');
    expect(send('00b00000000000')).toHaveLength(2 * 512 + 4);
    const short = pkcs15FixtureCard('isoapplet');
    expect(short.send(select)).toBe('0006069000');
    short.send('00a4080c0450154402');
    expect(short.send('00b00000000000')).toBe('6700');
  });
});

describe('VirtualPkcs15Card files', () => {
  it('reads and writes within the file and nowhere else', () => {
    const { send } = emptyPkcs15FixtureCard('isoapplet');
    expect(send('00b0000001')).toBe('6986');
    expect(send(create('1234', '0004'))).toBe('9000');
    expect(send('00d6000004a1a2a3a4')).toBe('9000');
    expect(send('00b0000000')).toBe('a1a2a3a49000');
    expect(send('00b0000201')).toBe('a39000');
    expect(send('00b0000401')).toBe('6b00');
    expect(send('00d6000302ffff')).toBe('6a84');
    expect(send('00d6000501ff')).toBe('6b00');
    expect(send('00b0000004')).toBe('a1a2a3a49000');
    expect(send('00b0810001')).toBe('6a82');
    expect(send('00b00000')).toBe('6700');
    expect(send('00d60000')).toBe('6700');
  });

  it('creates files where they may be, once', () => {
    const { send } = emptyPkcs15FixtureCard('isoapplet');
    expect(send(create('5015', '7fff', '38'))).toBe('9000');
    expect(send(create('4401'))).toBe('9000');
    expect(send(create('4401'))).toBe('6a89');
    expect(send('00a4080c0450154401')).toBe('9000');
    expect(send(create('4402'))).toBe('9000');
    for (const reserved of ['3f00', '3fff', 'ffff', '0000']) expect(send(create(reserved)), reserved).toBe('6a80');
    expect(send(create('4403', '8000'))).toBe('6a80');
    expect(send(create('4403', '0010', '02'))).toBe('6a80');
    expect(send(create('4403', '0010', '11'))).toBe('6a80');
    expect(send('00e0000019621780020010820101830244038603000fff850200008a0100')).toBe('6a80');
    expect(send('00e0000003826f15')).toBe('6a80');
  });

  it('is full when it is full, and has room again after DELETE FILE', () => {
    const { send, state } = emptyPkcs15FixtureCard('isoapplet', { capacity: 100 });
    expect(send(create('0001', '0040'))).toBe('9000');
    expect(send(create('0002', '0025'))).toBe('6a84');
    expect(send(create('0002', '0024'))).toBe('9000');
    expect(send('00e40000020001')).toBe('9000');
    expect(send(create('0003', '0040'))).toBe('9000');
    expect(state().root.children.map(({ fid }) => fid)).toEqual([2, 3]);
  });

  it('deletes a directory with all that is in it, and the root never', () => {
    const { send, state } = emptyPkcs15FixtureCard('isoapplet');
    send(create('5015', '7fff', '38'));
    send(create('4401'));
    expect(send('00a4080c025015')).toBe('9000');
    expect(send('00e40000024499')).toBe('6a82');
    expect(send('00e4000001ff')).toBe('6700');
    expect(send('00e40000')).toBe('9000');
    expect(state().root.children).toEqual([]);
    expect(send('00e40000')).toBe('6985');
  });

  it('lets nobody change without the PIN what the PIN guards', () => {
    const { send, state } = pkcs15FixtureCard('isoapplet');
    const before = state();
    expect(send('00a4080c0450153400')).toBe('9000');
    expect(send('00b0000002')).toMatch(/^30829000$/);
    const changes = ['00d600000100', '00e40000023400', create('3499'), create('7777', '0000', '38')];
    for (const change of changes) expect(send(change), change).toBe('6982');
    expect(state()).toEqual(before);
    expect(send(verify)).toBe('9000');
    for (const change of changes) expect(send(change), change).toBe('9000');
  });

  it('lets nobody at all do what is never allowed', () => {
    const { send } = pkcs15FixtureCard('isoapplet');
    expect(send(verify)).toBe('9000');
    send('00a4080c025015');
    expect(send(create('3333', '0004', '01', 'ffffffffffffffff'))).toBe('9000');
    expect(send('00b0000001')).toBe('6982');
    expect(send('00d600000100')).toBe('6982');
    expect(send('00e40000023333')).toBe('6982');
  });

  it('forgets what was current when it is reset', () => {
    const { card, send } = pkcs15FixtureCard('isoapplet');
    send(verify);
    send('00a4080c0450153400');
    card.reset();
    expect(send('00b0000001')).toBe('6986');
    send('00a4080c0450153400');
    expect(send('00d600000100')).toBe('6982');
  });
});
