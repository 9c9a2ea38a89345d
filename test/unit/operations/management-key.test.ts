import { describe, expect, it } from 'vitest';
import { toHex } from '../../../src/core/bytes.js';
import { readManagementKey } from '../../../src/operations/management-key.js';
import { isWiped, secretOf } from '../../support/token-bench.js';

describe('readManagementKey()', () => {
  it.each([32, 48, 64])('decodes %d hex digits in either case, and wipes them', (length) => {
    const text = '0123456789abcdefABCDEF'.repeat(3).slice(0, length);
    const digits = secretOf(text);
    const key = readManagementKey(digits);
    expect(key.use(toHex)).toBe(text.toLowerCase());
    expect(isWiped(digits)).toBe(true);
  });

  it.each([
    '',
    '00',
    '0'.repeat(31),
    '0'.repeat(65),
    `${'0'.repeat(47)}g`,
    `${'0'.repeat(31)}/`,
    `${'0'.repeat(31)}:`,
    `${'0'.repeat(31)}@`,
    `${'0'.repeat(31)}\u0000`,
  ])('refuses %j, and wipes it', (text) => {
    const digits = secretOf(text);
    expect(() => readManagementKey(digits)).toThrow(
      expect.objectContaining({ code: 'ERR_CARD_MANAGEMENT_KEY', fields: { reason: 'malformed' } }) as Error,
    );
    expect(text === '' || isWiped(digits)).toBe(true);
  });
});
