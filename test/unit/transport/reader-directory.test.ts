import { describe, expect, it } from 'vitest';
import type { ReaderSnapshot, ReaderState } from '../../../src/model/reader.js';
import { createInsertionCounter } from '../../../src/transport/insertion-counter.js';
import { createReaderDirectory } from '../../../src/transport/reader-directory.js';

const reader = (change: Partial<ReaderState> = {}): ReaderState => ({
  name: 'Reader',
  card: 'present',
  atr: Uint8Array.of(0x3b, 0),
  insertion: 1,
  sharing: 'unused',
  ...change,
});
const snapshot = (...readers: ReaderState[]): ReaderSnapshot => ({ service: 'available', readers });

describe('createReaderDirectory()', () => {
  it('tells of differences only', () => {
    const directory = createReaderDirectory(() => false);
    const told: ReaderSnapshot[] = [];
    directory.subscribe((next) => told.push(next));
    expect(directory.snapshot.service).toBe('starting');
    directory.publish(snapshot(reader()));
    directory.publish(snapshot(reader()));
    expect(told).toHaveLength(1);
    const changes: Partial<ReaderState>[] = [
      { insertion: 2 },
      { atr: Uint8Array.of(0x3b, 1) },
      { sharing: 'shared' },
      { card: 'mute' },
      { name: 'Other' },
    ];
    for (const [index, change] of changes.entries()) {
      directory.publish(snapshot(reader(change)));
      expect(told).toHaveLength(index + 2);
    }
    directory.publish({ service: 'absent', readers: [] });
    expect(told.at(-1)).toEqual({ service: 'absent', readers: [] });
  });

  it('shows a present card as unresponsive, not an absent one', () => {
    let unresponsive = true;
    const directory = createReaderDirectory((name) => unresponsive && name === 'Reader');
    directory.publish(snapshot(reader(), reader({ name: 'Other' })));
    expect(directory.snapshot.readers.map((state) => state.card)).toEqual(['unresponsive', 'present']);
    directory.publish(snapshot(reader({ card: 'absent' })));
    expect(directory.snapshot.readers[0]?.card).toBe('absent');
    directory.publish(snapshot(reader()));
    unresponsive = false;
    directory.refresh();
    expect(directory.snapshot.readers[0]?.card).toBe('present');
  });

  it('lets a listener unsubscribe while it is told', () => {
    const directory = createReaderDirectory(() => false);
    const told: string[] = [];
    const stop = directory.subscribe(() => {
      told.push('first');
      stop();
    });
    directory.subscribe(() => told.push('second'));
    directory.publish(snapshot(reader()));
    directory.publish(snapshot());
    expect(told).toEqual(['first', 'second', 'second']);
  });
});

describe('createInsertionCounter()', () => {
  it('counts insertions, unseen swaps and cards after a restart, not removals', () => {
    const { count, forget } = createInsertionCounter();
    expect(count('a', 0, false)).toBe(0);
    expect(count('a', 1, true)).toBe(1);
    expect(count('a', 1, true)).toBe(1);
    expect(count('a', 2, false)).toBe(1);
    expect(count('a', 3, true)).toBe(2);
    expect(count('a', 5, true)).toBe(3);
    expect(count('b', 5, true)).toBe(1);
    forget();
    expect(count('a', 5, true)).toBe(4);
  });
});
