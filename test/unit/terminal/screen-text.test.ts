import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { screenText } from '../../../src/terminal/layout/screen-text.js';

describe('screenText()', () => {
  it.each([
    ['an escape sequence', 'A\u001b[31mB', 'A[31mB'],
    ['a C1 control', 'A\u009b31mB', 'A31mB'],
    ['a line break', 'A\nB\rC', 'ABC'],
    ['a bidi override', 'A\u202eB\u2066C', 'ABC'],
    ['a zero-width space', 'A\u200bB\ufeffC', 'ABC'],
    ['a line separator', 'A\u2028B', 'AB'],
    ['nothing of a Swedish name', 'Åsa Öberg–Ängström', 'Åsa Öberg–Ängström'],
  ])('takes out %s', (_what, text, expected) => {
    expect(screenText(text)).toBe(expected);
  });

  it('leaves no character that a terminal acts on', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (text) => {
        expect(screenText(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });
});
