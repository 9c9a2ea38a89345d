import { describe, expect, it } from 'vitest';
import { filePivStore, memoryPivStore } from '../../../../src/sandbox/virtual-piv/piv-card-stores.js';
import type { PivCardStore } from '../../../../src/sandbox/virtual-piv/piv-card-state.js';
import { personalizePiv } from '../../../../src/sandbox/virtual-piv/personalize-piv.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  fixturePivCard,
  pivBlock,
  pivPin,
  pivPuk,
  SELECT_PIV,
  testPivPersonalization,
} from '../../../support/virtual-piv-fixture.js';

const bare = { slots: [] };
const PRINTED = '00cb3fff055c035fc10900';

describe('verify()', () => {
  it('tells the tries without taking one, takes one for a wrong PIN, and gives all back for the right one', () => {
    const { send, verifyPin, state } = fixturePivCard(bare);
    expect(send('00200080')).toBe('63c3');
    expect(verifyPin('999999')).toBe('63c2');
    expect(send('0020008000')).toBe('63c2');
    expect(verifyPin()).toBe('9000');
    expect(send('00200080')).toBe('9000');
    expect(state().pin.triesLeft).toBe(3);
  });

  it('is blocked at none left, for the right PIN too', () => {
    const { send, verifyPin } = fixturePivCard(bare);
    expect(['999999', '999999', '999999', pivPin].map(verifyPin)).toEqual(['63c2', '63c1', '6983', '6983']);
    expect(send('00200080')).toBe('6983');
  });

  it('refuses what can be no PIN without taking a try, and without forgetting who was verified', () => {
    const { send, verifyPin, state } = fixturePivCard(bare);
    verifyPin();
    for (const block of [
      '3132333435ffffff',
      '31323334353600ff',
      '313233ff343536ff',
      '3132333435364142',
      '313233343536',
    ]) {
      expect(send(`00200080${(block.length / 2).toString(16).padStart(2, '0')}${block}`), block).toBe('6a80');
    }
    expect(state().pin.triesLeft).toBe(3);
    expect(send('00200080')).toBe('9000');
  });

  it('takes any bytes on a YubiKey', () => {
    const { send } = fixturePivCard({ ...bare, atrKind: 'yubikey', pin: Buffer.from('abcdef') });
    expect(send(`0020008008${pivBlock('abcdef')}`)).toBe('9000');
    expect(send(`0020008008${pivBlock('abcdeg')}`)).toBe('63c2');
  });

  it('forgets a verified PIN with a wrong one, with P1 = FF, and with a reset, but not with SELECT', () => {
    const { card, send, verifyPin } = fixturePivCard(bare);
    verifyPin();
    send(SELECT_PIV);
    send('00a4040007a0000001510000');
    expect(send(PRINTED)).toBe('6a82');
    expect(send('0020ff80')).toBe('9000');
    expect(send(PRINTED)).toBe('6982');
    verifyPin();
    verifyPin('999999');
    expect(send('00200080')).toBe('63c2');
    verifyPin();
    card.reset();
    send(SELECT_PIV);
    expect(send('00200080')).toBe('63c3');
  });

  it('knows no other reference, and the global PIN only where there is one', () => {
    const { send } = fixturePivCard(bare);
    for (const reference of ['00', '01', '11', '81', '9b']) expect(send(`002000${reference}`)).toBe('6a88');
    expect(send('00200180')).toBe('6a86');
    const withGlobal = fixturePivCard({ ...bare, globalPin: Buffer.from('24682468') });
    expect(withGlobal.send('00cb3fff035c017e00')).toBe('7e124f0ba0000003080000100001005f2f0260209000');
    expect(withGlobal.send(`0020000008${pivBlock('24682468')}`)).toBe('9000');
    expect(withGlobal.send('00200080')).toBe('63c3');
    expect(withGlobal.send(PRINTED)).toBe('6a82');
  });
});

describe('changeReferenceData()', () => {
  it('changes the PIN and the PUK', () => {
    const { send, verifyPin } = fixturePivCard(bare);
    expect(send(`0024008010${pivBlock(pivPin)}${pivBlock('654321')}`)).toBe('9000');
    expect(verifyPin()).toBe('63c2');
    expect(verifyPin('654321')).toBe('9000');
    expect(send(`0024008110${pivBlock(pivPuk)}${pivBlock('11112222')}`)).toBe('9000');
    expect(send(`002c008010${pivBlock(pivPuk)}${pivBlock('777777')}`)).toBe('63c2');
    expect(send(`002c008010${pivBlock('11112222')}${pivBlock('777777')}`)).toBe('9000');
    expect(verifyPin('777777')).toBe('9000');
  });

  it('takes a try for a wrong old code, and none for a bad new one', () => {
    const { send, state } = fixturePivCard(bare);
    expect(send(`0024008010${pivBlock('999999')}${pivBlock('654321')}`)).toBe('63c2');
    expect(send(`0024008010${pivBlock(pivPin)}${pivBlock('12345')}`)).toBe('6a80');
    expect(send(`0024008008${pivBlock(pivPin)}`)).toBe('6a80');
    expect(send(`0024008110${pivBlock('00000000')}${pivBlock('11112222')}`)).toBe('63c2');
    expect(send(`0024000010${pivBlock(pivPin)}${pivBlock('654321')}`)).toBe('6a88');
    expect([state().pin.triesLeft, state().puk.triesLeft]).toEqual([2, 2]);
  });
});

describe('resetRetryCounter()', () => {
  it('unblocks with the PUK, whose tries it counts, and does not verify', () => {
    const { send, verifyPin } = fixturePivCard(bare);
    for (let tries = 0; tries < 3; tries += 1) verifyPin('999999');
    expect(send(`002c008010${pivBlock('00000000')}${pivBlock('777777')}`)).toBe('63c2');
    expect(send(`002c008010${pivBlock(pivPuk)}${pivBlock('777777')}`)).toBe('9000');
    expect(send('00200080')).toBe('63c3');
    for (const left of ['63c2', '63c1', '6983', '6983']) {
      expect(send(`002c008010${pivBlock('00000000')}${pivBlock('777777')}`)).toBe(left);
    }
    expect(verifyPin('777777')).toBe('9000');
    expect(send(`002c008110${pivBlock(pivPuk)}${pivBlock('777777')}`)).toBe('6a88');
  });
});

describe('PIN tries in a PivCardStore', () => {
  it('are down before the comparison is answered', () => {
    const inner = memoryPivStore(personalizePiv(testPivPersonalization(bare)));
    const saved: number[] = [];
    const store: PivCardStore = {
      load: () => inner.load(),
      save: (state) => {
        saved.push(state.pin.triesLeft);
        inner.save(state);
      },
    };
    const { verifyPin } = fixturePivCard({}, { store });
    verifyPin('999999');
    verifyPin();
    expect(saved).toEqual([2, 1, 3]);
  });

  it('a store that fails lets nothing happen', () => {
    const inner = memoryPivStore(personalizePiv(testPivPersonalization(bare)));
    const store: PivCardStore = {
      load: () => inner.load(),
      save: () => {
        throw new Error('disk full');
      },
    };
    const { send, verifyPin } = fixturePivCard({}, { store });
    expect(verifyPin()).toBe('6581');
    send(SELECT_PIV);
    expect(send('00200080')).toBe('63c3');
  });

  it('outlive the process in a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kort-piv-'));
    try {
      const store = filePivStore(join(folder, 'cards', 'piv'));
      store.save(personalizePiv(testPivPersonalization({ globalPin: Buffer.from('24682468') })));
      const first = fixturePivCard({}, { store });
      first.verifyPin('999999');
      const second = fixturePivCard({}, { store: filePivStore(join(folder, 'cards', 'piv')) });
      expect(second.send('00200080')).toBe('63c2');
      expect(second.state()).toEqual(first.state());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
