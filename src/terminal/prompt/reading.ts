import type { Place, ReadPage } from './read-page.js';

/** How far somebody has come with reading. */
export interface Reading {
  /** Where the window begins. */
  readonly place: Place;
  /** Whether the last row has stood on the screen. */
  readonly done: boolean;
  /** A new text, of which nothing has been read. */
  begin(): void;
  /** This stands on the screen now. */
  shown(page: ReadPage): void;
  /** Does nothing for a key that does not move. */
  move(key: string): void;
}

const moveOf: Readonly<Record<string, 'lineUp' | 'lineDown' | 'pageUp' | 'pageDown'>> = {
  up: 'lineUp',
  down: 'lineDown',
  pageUp: 'pageUp',
  pageDown: 'pageDown',
};

/** Begins at the first row. */
export function createReading(): Reading {
  let place: Place = 0;
  let done = false;
  let page: ReadPage | undefined;
  return {
    get place() {
      return place;
    },
    get done() {
      return done;
    },
    begin() {
      place = 0;
      done = false;
      page = undefined;
    },
    shown(now) {
      page = now;
      done ||= now.atEnd;
    },
    move(key) {
      const move = Object.hasOwn(moveOf, key) ? moveOf[key] : undefined;
      if (move !== undefined && page !== undefined) place = page[move];
    },
  };
}
