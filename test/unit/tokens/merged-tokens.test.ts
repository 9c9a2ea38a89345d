import { describe, expect, it } from 'vitest';
import { mergeTokens } from '../../../src/tokens/merged-tokens.js';
import type { TokenEntry } from '../../../src/tokens/token-entry.js';
import type { Token } from '../../../src/tokens/token.js';

const entryOf = (reader: string, state: TokenEntry['state'], id?: string): TokenEntry => ({
  reader,
  state,
  ...(id === undefined ? {} : { token: { info: { id, serial: id } } as unknown as Token }),
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
    const merged = mergeTokens(native, modules);
    expect(merged.entries.map(({ token }) => token?.info.id)).toEqual(['card:11']);
    expect(modules.woken).toBe(0);
  });

  it('wakes the modules for a card that we cannot drive, and shows theirs in its place', () => {
    const native = fake([entryOf('Reader 1', 'unknown'), entryOf('Reader 2', 'absent')]);
    const modules = fake([]);
    const merged = mergeTokens(native, modules);
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
    expect(mergeTokens(native, modules).entries).toHaveLength(2);
  });

  it('closes both and says nothing more', async () => {
    const [native, modules] = [fake([]), fake([])];
    const merged = mergeTokens(native, modules);
    let changes = 0;
    merged.subscribe(() => (changes += 1));
    await merged.close();
    native.show([entryOf('Reader 1', 'absent')]);
    expect([native.closed, modules.closed, changes, merged.entries]).toEqual([true, true, 0, []]);
  });
});
