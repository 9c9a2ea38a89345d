import { describe, expect, it } from 'vitest';
import { mergeTokens } from '../../../src/tokens/merged-tokens.js';
import type { TokenEntry } from '../../../src/tokens/token-entry.js';
import type { Token } from '../../../src/tokens/token.js';
import { memoryRetryCounters } from '../../support/recording-history.js';

const memory = memoryRetryCounters();

const entryOf = (reader: string, state: TokenEntry['state'], id?: string): TokenEntry => ({
  reader,
  state,
  ...(id === undefined ? {} : { token: { info: { id, serial: id, pins: [] } } as unknown as Token }),
});

function fake(initial: readonly TokenEntry[]) {
  const listeners = new Set<() => void>();
  const source = {
    entries: initial,
    woken: 0,
    closed: false,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    findToken: () => undefined,
    writableToken: () => Promise.resolve(undefined),
    get allEntries() {
      return source.entries;
    },
    isSettled: true,
    wake: () => void (source.woken += 1),
    close: () => {
      source.closed = true;
      return Promise.resolve();
    },
    show(entries: readonly TokenEntry[]) {
      source.entries = entries;
      for (const listener of listeners) listener();
    },
  };
  return source;
}

describe('mergeTokens()', () => {
  it('shows a card that we drive ourselves once', () => {
    const native = fake([entryOf('Reader 1', 'ready', 'card:11')]);
    const modules = fake([entryOf('Reader 1', 'ready', 'p11:11')]);
    const merged = mergeTokens(native, modules, memory);
    expect(merged.entries.map(({ token }) => token?.info.id)).toEqual(['card:11']);
    expect(modules.woken).toBe(0);
  });

  it('wakes the modules for a card that we cannot drive, and shows theirs in its place', () => {
    const native = fake([entryOf('Reader 1', 'unknown'), entryOf('Reader 2', 'absent')]);
    const modules = fake([]);
    const merged = mergeTokens(native, modules, memory);
    let changes = 0;
    const stop = merged.subscribe(() => (changes += 1));
    expect(modules.woken).toBeGreaterThan(0);
    expect(merged.entries.map(({ state }) => state)).toEqual(['unknown', 'absent']);
    modules.show([entryOf('Reader 1', 'ready', 'p11:22')]);
    expect(changes).toBe(1);
    expect(merged.entries.map(({ reader, state }) => [reader, state])).toEqual([
      ['Reader 2', 'absent'],
      ['Reader 1', 'ready'],
    ]);
    expect(merged.findToken('p11:22')).toBeDefined();
    stop();
    modules.show([]);
    expect(changes).toBe(1);
    expect(merged.entries.map(({ state }) => state)).toEqual(['unknown', 'absent']);
  });

  it('shows tokens of modules that are in no reader of ours', () => {
    const native = fake([entryOf('Reader 1', 'absent')]);
    const modules = fake([entryOf('SoftHSM slot 1', 'ready', 'p11:33')]);
    expect(mergeTokens(native, modules, memory).entries).toHaveLength(2);
  });

  describe('writableToken()', () => {
    const writable = (reader: string, id: string): TokenEntry => ({
      reader,
      state: 'ready',
      token: { info: { id, serial: id, pins: [] }, writing: { pin: 1 }, write: () => undefined } as unknown as Token,
    });

    it('is the token itself if it can write, and wakes no module for it', async () => {
      const [native, modules] = [fake([writable('Reader 1', 'card:11')]), fake([writable('Reader 1', 'p11:11')])];
      expect((await mergeTokens(native, modules, memory).writableToken('card:11'))?.info.id).toBe('card:11');
      expect(modules.woken).toBe(0);
    });

    it("is the hidden twin of the same card, once the card's module is awake and shows it", async () => {
      const native = fake([entryOf('Reader 1', 'ready', 'card:11'), entryOf('Reader 2', 'ready', 'card:22')]);
      const modules = fake([]);
      modules.isSettled = false;
      const merged = mergeTokens(native, modules, memory);
      const found = merged.writableToken('card:22');
      expect(modules.woken).toBe(1);
      modules.show([writable('Reader 1', 'p11:11')]);
      modules.show([writable('Reader 1', 'p11:11'), writable('Reader 2', 'p11:22')]);
      expect((await found)?.info.id).toBe('p11:22');
      expect(merged.entries.map(({ token }) => token?.info.id)).toEqual(['card:11', 'card:22']);
    });

    it('is the twin of the first module that can write', async () => {
      const native = fake([entryOf('Reader 1', 'ready', 'card:11')]);
      const modules = fake([entryOf('Reader 1', 'ready', 'p11:11'), writable('Reader 1', 'p11:11b')]);
      expect((await mergeTokens(native, modules, memory).writableToken('card:11'))?.info.id).toBe('p11:11b');
    });

    it('is nothing when all modules have looked, when two cards may be meant, and for a card that is not there', async () => {
      const native = fake([entryOf('Reader 1', 'ready', 'card:11')]);
      const modules = fake([]);
      modules.isSettled = false;
      const merged = mergeTokens(native, modules, memory);
      const found = merged.writableToken('card:11');
      modules.isSettled = true;
      modules.show([writable('Reader 7', 'p11:77')]);
      expect(await found).toBeUndefined();
      expect(await merged.writableToken('card:99')).toBeUndefined();
      native.show([entryOf('R', 'ready', 'card:1234567811'), entryOf('Q', 'ready', 'card:1234567811')]);
      modules.show([writable('', 'card:1234567811')]);
      expect(await merged.writableToken('card:1234567811')).toBeUndefined();
    });
  });

  it('closes both and says nothing more', async () => {
    const [native, modules] = [fake([]), fake([])];
    const merged = mergeTokens(native, modules, memory);
    let changes = 0;
    merged.subscribe(() => (changes += 1));
    await merged.close();
    native.show([entryOf('Reader 1', 'absent')]);
    expect([native.closed, modules.closed, changes, merged.entries]).toEqual([true, true, 0, []]);
  });
});
