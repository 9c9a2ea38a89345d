import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitizeOutsideText } from '../../../src/core/outside-text.js';

describe('sanitizeOutsideText()', () => {
  it.each([
    ['NFD to NFC', 'Va\u030ard', 'Vård'],
    ['colors', 'a\u001b[31mred\u001b[0mb', 'aredb'],
    ['8-bit control sequences', 'a\u009b2Jb', 'ab'],
    ['titles and links', 'a\u001b]8;;https://evil.example\u0007link\u001b]8;;\u001b\\b', 'alinkb'],
    ['a lone escape', 'a\u001bb', 'ab'],
    ['backspaces', 'evil\b\b\b\bgood', 'evilgood'],
    ['right-to-left overrides', 'a\u202egnp.exe\u202c', 'agnp.exe'],
    ['isolates', '\u2066a\u2069', 'a'],
    ['zero-width characters', 'a\u200b\u200c\u200d\u2060\ufeffb', 'ab'],
    ['tag characters', 'a\u{e0041}\u{e007f}b', 'ab'],
    ['variation selectors', 'a\ufe0fb', 'ab'],
    ['soft hyphens', 'a\u00adb', 'ab'],
    ['fillers', 'a\u3164\u2800b', 'ab'],
    ['lone surrogates', 'a\ud800b', 'ab'],
    ['line breaks of every kind', 'a\nb\r\nc\rd\u2028e\u2029f\u0085g\vh\fi', 'a b c d e f g h i'],
    ['spaces of every kind', 'a\u00a0\u2003\u3000\tb', 'a b'],
    ['runs of spaces', `a${' '.repeat(500)}b`, 'a b'],
    ['piles of marks', `a${'\u0316'.repeat(50)}`, `a${'\u0316'.repeat(4)}`],
    ['ordinary Swedish', 'Åsa-Öberg (läkare) 3 < 4 & "x"', 'Åsa-Öberg (läkare) 3 < 4 & "x"'],
    ['emoji', 'vård 🏥', 'vård 🏥'],
  ])('handles %s', (_, text, expected) => {
    expect(sanitizeOutsideText(text)).toBe(expected);
  });

  it('keeps line feeds where they are allowed, at most one empty line in a row', () => {
    expect(sanitizeOutsideText('a\r\nb\n\n\n\nc\u2028d ', { lineBreaks: true })).toBe('a\nb\n\nc\nd');
  });

  it('leaves nothing that hides or moves, and changes nothing the second time', () => {
    const nasty = fc.constantFrom(
      '\u001b[',
      '\u009b',
      '\u001b]',
      '\u0007',
      '\u202e',
      '\u200d',
      '\n',
      ' ',
      '\ud800',
      'm',
      'å',
    );
    const text = fc
      .array(fc.oneof(nasty, fc.string({ unit: 'binary' })), { maxLength: 30 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, fc.boolean(), (raw, lineBreaks) => {
        const clean = sanitizeOutsideText(raw, { lineBreaks });
        expect(clean.replaceAll('\n', lineBreaks ? '' : '\n')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        expect(clean).toBe(clean.normalize('NFC'));
        expect(sanitizeOutsideText(clean, { lineBreaks })).toBe(clean);
      }),
      { numRuns: 500 },
    );
  });

  it('takes linear time for text made to be slow', () => {
    for (const piece of ['\u001b[', '\u001b]', '\u001b[0', ' ', '\n', '\u0316', '\u001b]\u001b[']) {
      expect(sanitizeOutsideText(piece.repeat(200_000)).length).toBeLessThanOrEqual(400_000);
    }
  });
});
