import { describe, expect, it } from 'vitest';
import { createScroll } from '../../../src/tui/scroll.js';

const rows = Array.from({ length: 10 }, (_, index) => String(index));
const size = { columns: 80, rows: 4 };
const says = (first: number, last: number, all: number): string => `${first}-${last}/${all}`;

describe('createScroll()', () => {
  it('says that there is more, and leaves what fits alone', () => {
    const scroll = createScroll();
    expect(scroll.window(rows, size, says)).toEqual(['0', '1', '2', '1-3/10']);
    expect(scroll.window(rows.slice(0, 4), size, says)).toEqual(['0', '1', '2', '3']);
  });

  it('moves by rows, pages and to the ends, and no further', () => {
    const scroll = createScroll();
    scroll.window(rows, size, says);
    const after = (key: Parameters<typeof scroll.key>[0]): readonly string[] => {
      expect(scroll.key(key)).toBe(true);
      return scroll.window(rows, size, says);
    };
    expect(after('up')[0]).toBe('0');
    expect(after('down')[0]).toBe('1');
    expect(after('pageDown')[0]).toBe('3');
    expect(after('end')).toEqual(['7', '8', '9', '8-10/10']);
    expect(after('pageDown')[0]).toBe('7');
    expect(after('pageUp')[0]).toBe('5');
    expect(after('home')[0]).toBe('0');
    expect(scroll.key('enter')).toBe(false);
  });

  it('brings rows into sight, from above and from below', () => {
    const scroll = createScroll();
    scroll.window(rows, size, says);
    scroll.reveal(5, 6);
    expect(scroll.window(rows, size, says)[0]).toBe('4');
    scroll.reveal(2, 2);
    expect(scroll.window(rows, size, says)[0]).toBe('2');
    scroll.reveal(1, 9);
    // What is longer than the room is shown from its beginning.
    expect(scroll.window(rows, size, says)[0]).toBe('1');
  });
});
