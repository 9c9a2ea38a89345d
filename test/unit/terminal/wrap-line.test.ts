import { describe, expect, it } from 'vitest';
import { createStyle } from '../../../src/terminal/layout/style.js';
import { wrapLine } from '../../../src/terminal/layout/wrap-line.js';

describe('wrapLine()', () => {
  it('leaves a line that fits as it is', () => {
    expect(wrapLine('a line  of a list', 17)).toEqual(['a line  of a list']);
  });

  it('breaks at spaces, below the last column of the line', () => {
    const line = '2028-11-21  730 days left  The certificate of Tolvan on a card';
    expect(wrapLine(line, 48)).toEqual([
      '2028-11-21  730 days left  The certificate of',
      '            Tolvan on a card',
    ]);
  });

  it('counts no columns for styles, and loses none', () => {
    const style = createStyle(true);
    const rows = wrapLine(`${style.bold('name')}  some words that are too long ${style.dim('[0123456789abcdef]')}`, 38);
    expect(rows).toEqual([
      `${style.bold('name')}  some words that are too long`,
      `      ${style.dim('[0123456789abcdef]')}`,
    ]);
  });

  it('puts further rows of a sentence so far in that they are not taken for lines of ours', () => {
    expect(wrapLine('The card says: Error: nothing', 16)).toEqual(['The card says:', '    Error:', '    nothing']);
    expect(wrapLine('  an indented sentence', 16)).toEqual(['  an indented', '      sentence']);
  });

  it('keeps a word that is longer than a row in one piece', () => {
    const address = `https://login.clinic.example/${'a'.repeat(40)}`;
    expect(wrapLine(`Go to ${address} now`, 30)).toEqual(['Go to', `    ${address}`, '    now']);
  });

  it('breaks a longer word itself where it can be a name, so that none of it begins in the first column', () => {
    const joined = 'Fel:\u00a0Kortet\u00a0är\u00a0spärrat\u00a0Ring\u00a00123';
    expect(wrapLine(`Card ${joined} end`, 20)).toEqual([
      'Card',
      '    Fel:\u00a0Kortet\u00a0är\u00a0s',
      '    pärrat\u00a0Ring\u00a00123',
      '    end',
    ]);
    expect(wrapLine(joined, 20)).toEqual(['Fel:\u00a0Kortet\u00a0är\u00a0spärr', '    at\u00a0Ring\u00a00123']);
    expect(wrapLine('漢'.repeat(12), 11)).toEqual([
      '漢'.repeat(5),
      `    ${'漢'.repeat(3)}`,
      `    ${'漢'.repeat(3)}`,
      '    漢',
    ]);
  });

  it('breaks such a word in no sequence of a style', () => {
    const style = createStyle(true);
    const rows = wrapLine(style.bold('å'.repeat(30)), 14);
    expect(rows).toHaveLength(3);
    expect(rows.join('').replaceAll(' ', '')).toBe(style.bold('å'.repeat(30)));
  });

  it('counts two columns for wide characters', () => {
    expect(wrapLine('漢字 漢字 漢字', 10)).toEqual(['漢字 漢字', '    漢字']);
  });

  it('does not hang on a line of many thousand columns, or spaces at its end', () => {
    expect(wrapLine('x  '.repeat(60_000), 80).length).toBeGreaterThan(2000);
    expect(wrapLine('å'.repeat(200_000), 80).length).toBeGreaterThan(2000);
    expect(wrapLine(`x${' '.repeat(200_000)}`, 80)).toEqual(['x']);
  });
});
