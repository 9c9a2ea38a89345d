import { describe, expect, it } from 'vitest';
import type { CommandSet } from '../../../../src/sandbox/virtual-pkcs15/pkcs15-card-state.js';
import { emptyPkcs15FixtureCard, pkcs15FixtureCard } from '../../../support/virtual-pkcs15-fixture.js';

/** What hosts send to a card that they do not know, to find out whether it is one of theirs. */
const probes = [
  '00a4040007627601ff000000',
  '00a4040006a00000000101',
  '00a404000be82b0601040181c31f020100',
  '00a4040c0fd23300000045737445494420763335',
  '00cadf3005',
  '00cb3fff035c017e08',
  '00a4040009a0000003080000100000',
  '00a4040005a00000030800',
  '00a4040c07a000000116db0000',
  '00a4040c07a000000079100000',
  ...Array.from({ length: 16 }, (_, n) => `00a4040c07a000000079010${n.toString(16)}00`),
  '00a4040c0ba000000018800000000662',
];

const sets: CommandSet[] = ['isoapplet', 'myeid'];

describe.each(sets)('VirtualPkcs15Card (%s) and probes for other cards', (commandSet) => {
  it.each([
    ['empty', emptyPkcs15FixtureCard],
    ['personalized', pkcs15FixtureCard],
  ])('refuses every one when %s', (_, make) => {
    const { send } = make(commandSet);
    for (const probe of probes) expect(send(probe), probe).toMatch(/^(6a82|6d00|6a88)$/);
  });

  it('refuses the applet of the other command set', () => {
    const { send } = pkcs15FixtureCard(commandSet);
    expect(send('00ca01a014')).toMatch(commandSet === 'myeid' ? /9000$/ : /^6a88$/);
    expect(send('00a404000cf276a288bcfba69d34f31001')).toBe(commandSet === 'isoapplet' ? '0006069000' : '6a82');
  });

  it('refuses other classes and instructions', () => {
    const { send } = pkcs15FixtureCard(commandSet);
    expect(send('80a40000023f00')).toBe('6e00');
    expect(send('a0a40000023f00')).toBe('6e00');
    expect(send('00ff0000')).toBe('6d00');
    expect(send('00470000')).toBe('6d00');
  });
});
