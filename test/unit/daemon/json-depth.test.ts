import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nestsDeeperThan } from '../../../src/daemon/json-depth.js';

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('nestsDeeperThan()', () => {
  it('agrees with the parsed value for any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(8), (value, limit) => {
        expect(nestsDeeperThan(JSON.stringify(value), limit)).toBe(depthOf(value) > limit);
      }),
    );
  });

  it('does not count brackets inside strings, nor escaped quotes as their end', () => {
    expect(nestsDeeperThan('["[[[[\\"[[[[\\\\"]', 1)).toBe(false);
  });

  it('sees a million brackets without running out of stack', () => {
    expect(nestsDeeperThan('['.repeat(1_000_000), 16)).toBe(true);
  });
});
