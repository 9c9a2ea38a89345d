import { describe, expect, it } from 'vitest';
import type { StatusReader } from '../../../src/control-contract/status.js';
import { createSearch } from '../../../src/tui/shell/search.js';
import { readerWithCard } from '../../support/ui-stage.js';

const type = (search: ReturnType<typeof createSearch>, text: string): void => {
  for (const character of text) search.key('character', character.charCodeAt(0));
};
const empty: StatusReader = { name: 'Åtvid läsare', card: 'absent', sharing: 'unused' };

describe('createSearch()', () => {
  it('finds readers, cards and people, without marks and capitals', () => {
    const search = createSearch();
    search.begin();
    type(search, 'atVID');
    expect([search.fits(empty), search.fits(readerWithCard(1))]).toEqual([true, false]);
    expect(search.key('escape', 0)).toBe(true);
    search.begin();
    type(search, 'tolvan');
    expect([search.fits(empty), search.fits(readerWithCard(1))]).toEqual([false, true]);
  });

  it('takes keys only while it is typed, keeps what was found on Enter, and shows all on Escape', () => {
    const search = createSearch();
    expect(search.key('character', 0x61)).toBe(false);
    search.begin();
    type(search, 'zz');
    search.key('backspace', 0);
    expect(search.text).toBe('z');
    expect(search.key('enter', 0)).toBe(true);
    expect(search.key('character', 0x61)).toBe(false);
    expect(search.text).toBe('z');
    expect(search.key('escape', 0)).toBe(true);
    expect(search.text).toBe('');
    expect(search.key('escape', 0)).toBe(false);
  });
});
