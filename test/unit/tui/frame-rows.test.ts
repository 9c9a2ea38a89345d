import { describe, expect, it } from 'vitest';
import { keyRow, titleRow } from '../../../src/tui/shell/frame-rows.js';

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
  it('shows the keys that there is room for, and always the last one', () => {
    const keys = ['a', 'b', 'c'].map((key) => ({ key, does: 'something' }));
    const all = [...keys, { key: '?', does: 'help' }];
    expect(keyRow(all, 80, plain)).toBe('a something · b something · c something · ? help');
    expect(keyRow(all, 40, plain)).toBe('a something · b something · ? help');
    expect(keyRow(all, 12, plain)).toBe('? help');
  });
});
