import type { Key } from '../terminal/keys/key-reader.js';
import type { WindowSize } from '../terminal/layout/fit-screen.js';

/** Where in a long list of rows somebody is. */
export interface Scroll {
  /** What of the rows stands in the room; where there is more, the last row says so. */
  window(
    rows: readonly string[],
    size: WindowSize,
    says: (first: number, last: number, all: number) => string,
  ): readonly string[];
  /** Brings these rows into sight the next time. */
  reveal(first: number, last: number): void;
  /** Whether the key moved. */
  key(key: Key): boolean;
  top(): void;
}

/** Begins at the first row. */
export function createScroll(): Scroll {
  let from = 0;
  let room = 1;
  let count = 0;
  let wanted: { readonly first: number; readonly last: number } | undefined;
  const clamp = (value: number): number => Math.max(0, Math.min(value, count - room));
  return {
    window(rows, size, says) {
      count = rows.length;
      const isLong = count > size.rows;
      room = Math.max(1, isLong ? size.rows - 1 : size.rows);
      if (wanted !== undefined) {
        if (wanted.last >= from + room) from = wanted.last - room + 1;
        if (wanted.first < from) from = wanted.first;
        wanted = undefined;
      }
      from = clamp(from);
      const shown = rows.slice(from, from + room);
      return isLong ? [...shown, says(from + 1, from + shown.length, count)] : shown;
    },
    reveal(first, last) {
      wanted = { first, last };
    },
    key(key) {
      const steps: Partial<Record<Key, number>> = {
        up: -1,
        down: 1,
        // One row stays in sight, so that nobody loses the thread.
        pageUp: -Math.max(1, room - 1),
        pageDown: Math.max(1, room - 1),
        home: -count,
        end: count,
      };
      const step = steps[key];
      if (step === undefined) return false;
      from = clamp(from + step);
      return true;
    },
    top() {
      from = 0;
    },
  };
}
