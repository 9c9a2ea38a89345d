import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../../src/core/bytes.js';
import { parseCommand } from '../../../../src/sandbox/virtual-card/parsed-command.js';

/** Data and expected length, or undefined. */
function parsed(rest: string, protocol: 'T=0' | 'T=1', extended: boolean): [string, number | undefined] | undefined {
  const command = parseCommand(fromHex(`00cb3fff${rest}`), protocol, extended);
  return command && [toHex(command.data), command.ne];
}

describe('parseCommand()', () => {
  it.each([
    ['', ['', undefined]],
    ['00', ['', 256]],
    ['10', ['', 16]],
    ['02aabb', ['aabb', undefined]],
    ['02aabb00', ['aabb', 256]],
    ['02aabb10', ['aabb', 16]],
  ] as const)('reads the short form %j with T=1, whether extended lengths are taken or not', (rest, expected) => {
    expect(parsed(rest, 'T=1', false)).toEqual(expected);
    expect(parsed(rest, 'T=1', true)).toEqual(expected);
  });

  it.each([
    ['000000', ['', 65_536]],
    ['000100', ['', 256]],
    ['000002aabb', ['aabb', undefined]],
    ['000002aabb0000', ['aabb', 65_536]],
    ['000002aabb0123', ['aabb', 0x123]],
  ] as const)('reads the extended form %j only from a card that takes it, and never with T=0', (rest, expected) => {
    expect(parsed(rest, 'T=1', true)).toEqual(expected);
    expect(parsed(rest, 'T=1', false)).toBeUndefined();
    expect(parsed(rest, 'T=0', true)).toBeUndefined();
  });

  it.each(['02aa', '02aabb1000', '0000', '00000000', '000003aabb', '000002aabb00', '000002aabb000000'])(
    'refuses lengths that contradict each other: %j',
    (rest) => {
      expect(parsed(rest, 'T=1', true)).toBeUndefined();
    },
  );
});
