import { describe, expect, it } from 'vitest';
import { toHex } from '../../../../src/core/bytes.js';
import type { CommandSet } from '../../../../src/sandbox/virtual-pkcs15/pkcs15-card-state.js';
import { memoryPkcs15Store } from '../../../../src/sandbox/virtual-pkcs15/pkcs15-stores.js';
import { personalizePkcs15 } from '../../../../src/sandbox/virtual-pkcs15/personalize-pkcs15.js';
import {
  emptyPkcs15FixtureCard,
  pkcs15FixtureCard,
  pkcs15PinBlock,
  pkcs15Puk,
  testPkcs15Personalization,
  type Pkcs15FixtureCard,
} from '../../../support/virtual-pkcs15-fixture.js';

const sets: CommandSet[] = ['isoapplet', 'myeid'];

describe.each(sets)('VirtualPkcs15Card PINs (%s)', (commandSet) => {
  const block = (pin: string): string => pkcs15PinBlock(commandSet, pin);
  const length = commandSet === 'isoapplet' ? '10' : '08';
  const twice = commandSet === 'isoapplet' ? '20' : '10';
  const pukTries = commandSet === 'isoapplet' ? 3 : 10;
  const verify = (pin: string): string => `00200001${length}${block(pin)}`;
  const change = (old: string, next: string): string => `00240001${twice}${block(old)}${block(next)}`;
  const unblock = (puk: string, next: string): string => `002c0001${twice}${block(puk)}${block(next)}`;
  const puk = pkcs15Puk[commandSet];
  const wrongPuk = '9'.repeat(puk.length);
  const left = ({ state }: Pkcs15FixtureCard, role: 'pin' | 'puk' = 'pin'): number =>
    state().secrets.find((secret) => secret.role === role && secret.reference !== 3)!.triesLeft;

  it('tells the state without spending anything', () => {
    const fixture = pkcs15FixtureCard(commandSet);
    expect(fixture.send('00200001')).toBe('63c3');
    expect(fixture.send(verify('9999'))).toBe('63c2');
    expect(fixture.send('00200001')).toBe('63c2');
    expect(fixture.send(verify('1234'))).toBe('9000');
    expect(fixture.send('00200001')).toBe('9000');
    expect(left(fixture)).toBe(3);
    expect(fixture.send('00200009')).toBe('6a88');
    expect(fixture.send('00200101')).toBe('6a86');
  });

  it('spends nothing on what cannot be a PIN', () => {
    const fixture = pkcs15FixtureCard(commandSet);
    expect(fixture.send('002000010431323334')).toBe('6700');
    expect(fixture.send(`00240001${length}${block('1234')}`)).toBe('6700');
    expect(fixture.send(change('1234', '12'))).toBe('6a80');
    expect(fixture.send(unblock(puk, '12'))).toBe('6a80');
    expect(left(fixture)).toBe(3);
    expect(left(fixture, 'puk')).toBe(pukTries);
  });

  it('blocks after three wrong PINs, also for the right one', () => {
    const fixture = pkcs15FixtureCard(commandSet);
    expect(['8888', '8888', '8888', '1234'].map((pin) => fixture.send(verify(pin)))).toEqual([
      '63c2',
      '63c1',
      '6983',
      '6983',
    ]);
    expect(fixture.send('00200001')).toBe('6983');
    expect(fixture.send(change('1234', '4321'))).toBe('6983');
    expect(fixture.send(unblock(wrongPuk, '4321'))).toBe(`63c${(pukTries - 1).toString(16)}`);
    expect(left(fixture)).toBe(0);
    expect(fixture.send(unblock(puk, '4321'))).toBe('9000');
    expect(fixture.send('00200001')).toBe('63c3');
    expect(fixture.send(verify('4321'))).toBe('9000');
  });

  it('blocks the PUK for good', () => {
    const fixture = pkcs15FixtureCard(commandSet);
    for (let tries = pukTries; tries > 0; tries -= 1) fixture.send(unblock(wrongPuk, '4321'));
    expect(fixture.send(unblock(puk, '4321'))).toBe('6983');
    expect(fixture.send(verify('1234'))).toBe('9000');
  });

  it('changes the PIN, and forgets a verification when the old PIN was wrong', () => {
    const { send } = pkcs15FixtureCard(commandSet);
    expect(send(change('1234', '567890'))).toBe('9000');
    expect(send('00200001')).toBe('9000');
    expect(send(change('1234', '1111'))).toBe('63c2');
    expect(send('00200001')).toBe('63c2');
    expect(send(verify('567890'))).toBe('9000');
  });

  it('takes a try before it compares: a card that is pulled in between has lost it', () => {
    const memory = memoryPkcs15Store(personalizePkcs15(testPkcs15Personalization(commandSet)));
    let saves = 0;
    const store = {
      load: () => memory.load(),
      save: (state: Parameters<typeof memory.save>[0]) => {
        saves += 1;
        if (saves > 1) throw new Error('pulled');
        memory.save(state);
      },
    };
    const fixture = pkcs15FixtureCard(commandSet, {}, { store });
    expect(fixture.send(verify('1234'))).toBe('6581');
    expect(fixture.send('00200001')).toBe('63c2');
  });

  it('gives nothing away when the try cannot be taken', () => {
    const memory = memoryPkcs15Store(personalizePkcs15(testPkcs15Personalization(commandSet)));
    const store = {
      load: () => memory.load(),
      save: () => {
        throw new Error('disk full');
      },
    };
    const { send } = pkcs15FixtureCard(commandSet, {}, { store });
    expect(send(verify('1234'))).toBe('6581');
    expect(send(verify('9999'))).toBe('6581');
    expect(send('00200001')).toBe('63c3');
  });

  it('forgets the verification when reset, and when the applet is selected again', () => {
    const { card, send } = pkcs15FixtureCard(commandSet);
    send(verify('1234'));
    card.powerOff();
    expect(send('00200001')).toBe('63c3');
    send(verify('1234'));
    const aid = commandSet === 'isoapplet' ? 'f276a288bcfba69d34f31001' : 'a000000063504b43532d3135';
    send(`00a404000c${aid}`);
    expect(send('00200001')).toBe('63c3');
  });

  it('shows no PIN in its trace', () => {
    const seen: string[] = [];
    const { send } = pkcs15FixtureCard(commandSet, {}, { trace: ({ command }) => seen.push(toHex(command)) });
    send(verify('1234'));
    send(change('1234', '4321'));
    send(unblock(puk, '1234'));
    expect(seen).toEqual([`00200001${length}`, `00240001${twice}`, `002c0001${twice}`]);
  });
});

describe('VirtualPkcs15Card first PINs of an IsoApplet card', () => {
  const setPuk = '002401021031323334353637383132333435363738';

  it('takes the PUK first, exactly 16 bytes, then the PIN, unpadded, and both once only', () => {
    const { send, state } = emptyPkcs15FixtureCard('isoapplet');
    expect(send('002401010431323334')).toBe('6985');
    expect(send('00240102083132333435363738')).toBe('6700');
    expect(send('002401030431323334')).toBe('6a88');
    expect(send(setPuk)).toBe('9000');
    expect(send(setPuk)).toBe('6985');
    expect(send('0024010103313233')).toBe('6a80');
    expect(send('002401011131313131313131313131313131313131ff')).toBe('6700');
    expect(send('002401010431323334')).toBe('9000');
    expect(send('002401010431323335')).toBe('6985');
    expect(send(`0020000110${pkcs15PinBlock('isoapplet', '1234')}`)).toBe('9000');
    expect(state().secrets.map(({ role, reference }) => `${role} ${reference}`)).toEqual(['puk 2', 'pin 1']);
  });

  it('has no PIN to verify before', () => {
    const { send } = emptyPkcs15FixtureCard('isoapplet');
    expect(send('00200001')).toBe('6a88');
  });
});
