import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { CardStore } from '../../../../src/sandbox/virtual-card/card-state.js';
import { fileCardStore } from '../../../../src/sandbox/virtual-card/file-card-store.js';
import { memoryCardStore } from '../../../../src/sandbox/virtual-card/memory-card-store.js';
import { personalize } from '../../../../src/sandbox/virtual-card/personalize.js';
import {
  fixtureCard,
  pinBlock,
  SELECT_APPLET,
  testPersonalization,
  type FixtureCard,
} from '../../../support/virtual-card-fixture.js';

const verify = (pin: string, reference = '11'): string => `002000${reference}10${pinBlock(pin)}`;
const change = (old: string, next: string): string => `0024001120${pinBlock(old)}${pinBlock(next)}`;
const unblock = (puk: string, next: string): string => `002c001120${pinBlock(puk)}${pinBlock(next)}`;

function selected(store?: CardStore): FixtureCard {
  const fixture = fixtureCard({}, store && { store });
  expect(fixture.send(SELECT_APPLET)).toBe('9000');
  return fixture;
}

describe('verify()', () => {
  it('counts wrong PINs down, blocks, and then refuses the right one too', () => {
    const { send } = selected();
    expect(send('0020001100')).toBe('63c5');
    expect([1, 2, 3, 4].map(() => send(verify('9999')))).toEqual(['63c4', '63c3', '63c2', '63c1']);
    expect(send(verify('9999'))).toBe('6983');
    expect(send(verify('1234'))).toBe('6983');
    expect(send('0020001100')).toBe('6983');
  });

  it('gives all tries back after the right PIN, and tells 9000 while verified', () => {
    const { send } = selected();
    send(verify('9999'));
    expect(send(verify('1234'))).toBe('9000');
    expect(send('0020001100')).toBe('9000');
    expect(send('0020ff1100')).toBe('9000');
    expect(send('0020001100')).toBe('63c5');
  });

  it('takes a wrong PIN as the end of the verified state', () => {
    const { send } = selected();
    send(verify('1234'));
    expect(send(verify('9999'))).toBe('63c4');
    expect(send('0020001100')).toBe('63c4');
  });

  it('counts the two PINs apart', () => {
    const { send } = selected();
    expect(send(verify('9999', '83'))).toBe('63c2');
    expect(send('0020001100')).toBe('63c5');
    expect(send(verify('567890', '83'))).toBe('9000');
    expect(send('0020001100')).toBe('63c5');
    expect(send('0020ff1100')).toBe('9000');
    expect(send('0020008300')).toBe('9000');
  });

  it('understands INS 21 as well', () => {
    const { send } = selected();
    expect(send(`0021001110${pinBlock('1234')}`)).toBe('9000');
    expect(send('0021001100')).toBe('9000');
    expect(send('0021ff1100')).toBe('9000');
    expect(send('0021001100')).toBe('63c5');
  });

  it('takes a PIN in another form as a wrong one, and costs nothing for more than a PIN can have', () => {
    const { send } = selected();
    expect(send(`0020001110${'31323334'.padEnd(32, 'f')}`)).toBe('63c4');
    expect(send('002000110431323334')).toBe('63c3');
    expect(send(`0020001111${pinBlock('1234')}00`)).toBe('6700');
    expect(send('0020001100')).toBe('63c3');
  });

  it('refuses unknown references, parameters and chaining', () => {
    const { send } = selected();
    expect(send(verify('1234', '12'))).toBe('6a88');
    expect(send('0020011100')).toBe('6a86');
    expect(send('0020ff1200')).toBe('6a88');
    expect(send(`1020001110${pinBlock('1234')}`)).toBe('6884');
    expect(fixtureCard().send(verify('1234'))).toBe('6985');
  });

  it('forgets the verified state on reset and without power', () => {
    const { send, card } = selected();
    for (const end of [() => card.reset(), () => card.powerOff()]) {
      send(verify('1234'));
      end();
      send(SELECT_APPLET);
      expect(send('0020001100')).toBe('63c5');
    }
  });
});

describe('changeReferenceData()', () => {
  it('changes with the right old PIN only', () => {
    const { send } = selected();
    expect(send(change('9999', '4321'))).toBe('63c4');
    expect(send(change('1234', '4321'))).toBe('9000');
    expect(send(verify('1234'))).toBe('63c4');
    expect(send(verify('4321'))).toBe('9000');
  });

  it.each([
    ['too short', '313233'],
    ['empty', ''],
    ['with a gap', '313233340035'],
  ])('refuses a new PIN that is %s, at no cost', (_, next) => {
    const { send } = selected();
    expect(send(`0024001120${pinBlock('1234')}${next.padEnd(32, '0')}`)).toBe('6a80');
    expect(send('0020001100')).toBe('63c5');
    expect(send(verify('1234'))).toBe('9000');
  });

  it('refuses other lengths and parameters', () => {
    const { send } = selected();
    expect(send(`0024001110${pinBlock('1234')}`)).toBe('6700');
    expect(send(change('1234', '4321').replace('00240011', '00240111'))).toBe('6a86');
    expect(send(change('1234', '4321').replace('00240011', '00240012'))).toBe('6a88');
  });
});

describe('resetRetryCounter()', () => {
  it('unblocks with the PUK, without verifying the PIN', () => {
    const { send } = selected();
    for (let n = 0; n < 5; n += 1) send(verify('9999'));
    expect(send(unblock('12345678', '4321'))).toBe('9000');
    expect(send('0020001100')).toBe('63c5');
    expect(send(verify('4321'))).toBe('9000');
  });

  it('counts wrong PUKs in a counter of their own, and blocks', () => {
    const { send } = selected();
    for (let n = 4; n > 0; n -= 1) expect(send(unblock('87654321', '4321'))).toBe(`63c${n}`);
    expect(send(unblock('87654321', '4321'))).toBe('6983');
    expect(send(unblock('12345678', '4321'))).toBe('6983');
    expect(send(verify('1234'))).toBe('9000');
  });
});

describe('retry counters in a CardStore', () => {
  const folders: string[] = [];
  const temporaryFolder = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'kort-card-'));
    folders.push(folder);
    return folder;
  };
  afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

  it('survive a restart of the card, in a file of the owner alone', () => {
    const path = join(temporaryFolder(), 'cards', 'tolvan');
    fileCardStore(path).save(personalize(testPersonalization()));
    const before = selected(fileCardStore(path));
    before.send(verify('9999'));
    before.send(unblock('87654321', '4321'));
    before.send(change('1234', '2468'));
    before.send(verify('9999'));
    const after = selected(fileCardStore(path));
    expect(after.send('0020001100')).toBe('63c4');
    expect(after.send(unblock('87654321', '4321'))).toBe('63c3');
    expect(after.send(verify('2468'))).toBe('9000');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, '..'))).toEqual(['tolvan']);
  });

  it('are down before the comparison: a card that dies in it has lost the try', () => {
    const inner = memoryCardStore(personalize(testPersonalization()));
    const saved: number[] = [];
    const { send } = selected({
      load: () => inner.load(),
      save: (state) => {
        saved.push(state.pins[0]!.triesLeft);
        inner.save(state);
      },
    });
    send(verify('1234'));
    expect(saved).toEqual([4, 5]);
    send(verify('9999'));
    expect(saved).toEqual([4, 5, 4]);
  });

  it('that cannot be saved compare nothing', () => {
    const inner = memoryCardStore(personalize(testPersonalization()));
    let broken = true;
    const { send } = selected({
      load: () => inner.load(),
      save: (state) => {
        if (broken) throw new Error('disk full');
        inner.save(state);
      },
    });
    expect(send(verify('1234'))).toBe('6581');
    send(SELECT_APPLET);
    expect(send('0020001100')).toBe('63c5');
    expect(send(verify('9999'))).toBe('6581');
    broken = false;
    send(SELECT_APPLET);
    expect(send('0020001100')).toBe('63c5');
    expect(send(verify('1234'))).toBe('9000');
  });

  it('of a damaged file are refused with a typed error', () => {
    const path = join(temporaryFolder(), 'card');
    for (const damage of [Buffer.alloc(0), Buffer.from('e0820fff80', 'hex'), Buffer.from('e006800400000009', 'hex')]) {
      writeFileSync(path, damage);
      expect(() => fileCardStore(path).load()).toThrow(expect.objectContaining({ code: 'ERR_CONFIG_INVALID' }));
    }
  });
});
