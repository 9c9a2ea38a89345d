import { describe, expect, it } from 'vitest';
import { keyRow, saidRows, titleRow } from '../../../src/tui/shell/frame-rows.js';

const plain = { color: false };

describe('titleRow()', () => {
  it('puts the program at the end of the row, and leaves it out where there is no room', () => {
    expect(titleRow({ title: 'Title', head: 'kort 1' }, 20, plain)).toBe('Title        kort 1');
    expect(titleRow({ title: 'A longer title', head: 'kort 1' }, 20, plain)).toBe('A longer title');
    expect(titleRow({ title: 'A title without any end', head: '' }, 12, plain)).toBe('A title wi…');
  });

  it('lets no control character through', () => {
    expect(titleRow({ title: 'a\u001b[2Jb', head: '' }, 20, plain)).toMatch(/^a\[2Jb *$/);
  });
});

describe('keyRow()', () => {
  const all = [
    { key: 'Enter', does: 'confirm what was typed', short: 'confirm' },
    { key: 'a', does: 'something that is very long' },
    { key: 'b', does: 'else' },
    { key: 'Esc', does: 'back' },
    { key: '?', does: 'help' },
  ];

  it('shows what every key does where there is room', () => {
    const whole = 'Enter confirm what was typed · a something that is very long · b else · Esc back · ? help';
    expect(keyRow(all, whole.length + 1, plain)).toBe(whole);
    expect(keyRow(all, whole.length, plain)).not.toBe(whole);
  });

  it('keeps help, the way out and the action longest, and what is short before what is long', () => {
    expect(keyRow(all, 60, plain)).toBe('Enter confirm  b else  Esc back  ? help');
    expect(keyRow(all, 40, plain)).toBe('Enter confirm  b else  Esc back  ? help');
    expect(keyRow(all, 32, plain)).toBe('Enter confirm  Esc back  ? help');
    expect(keyRow(all, 20, plain)).toBe('Esc back  ? help');
    expect(keyRow(all, 12, plain)).toBe('? help');
  });
});

describe('saidRows()', () => {
  const sentence = 'one two three four five six seven';

  it('takes as many rows as a sentence needs, and says where it goes on', () => {
    expect(saidRows('', 20, 3)).toEqual(['']);
    expect(saidRows('one two', 20, 3)).toEqual(['one two']);
    expect(saidRows(sentence, 21, 3).map((row) => row.trim())).toEqual(['one two three four', 'five six seven']);
    expect(saidRows(sentence, 21, 1)).toEqual(['one two three four …']);
  });
});
