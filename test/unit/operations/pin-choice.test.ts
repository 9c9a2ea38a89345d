import { describe, expect, it } from 'vitest';
import { chooseToken } from '../../../src/operations/pin-choice.js';
import type { TokenEntry } from '../../../src/tokens/token-entry.js';
import type { PinToken } from '../../../src/tokens/token.js';

const unused = (): Promise<never> => Promise.reject(new Error('not for a choice'));
const token: PinToken = {
  info: { id: 'card:01', product: 'TEST card', serial: '01', label: 'TEST', reader: 'slot', pins: [] },
  certificates: unused,
  retryCounters: unused,
  verifyPin: unused,
  changePin: unused,
  unblockPin: unused,
  close: unused,
};
const both: readonly TokenEntry[] = [
  { reader: 'Windows Hello 1', state: 'skipped', skipped: 'virtual' },
  { reader: 'antenna', state: 'same-card', sameAs: 'slot' },
  { reader: 'slot', state: 'ready', token },
];

describe('chooseToken() with a card in two readers', () => {
  it.each([undefined, 'slot', 'antenna', '01', 'card:01'])('takes it for one card, named as %s', (card) => {
    expect(chooseToken(both, card === undefined ? {} : { card })).toBe(token);
  });

  it('finds no card in a reader that is none', () => {
    expect(() => chooseToken(both, { card: 'Windows Hello 1' })).toThrow(
      expect.objectContaining({ code: 'ERR_CARD_ABSENT' }),
    );
    expect(() => chooseToken(both.slice(0, 1), {})).toThrow(expect.objectContaining({ code: 'ERR_CARD_ABSENT' }));
  });
});
