import type { Key } from '../../terminal/keys/key-reader.js';
import type { WindowSize } from '../../terminal/layout/fit-screen.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { createScroll } from '../scroll.js';
import { linesOfTexts, rowsOfTexts, type Says } from './row-screen.js';

/** What stands around a list. */
export interface ListFrame<T> {
  readonly above: readonly MarkedText[];
  readonly textsOf: (item: T) => readonly MarkedText[];
  readonly below: readonly MarkedText[];
  readonly says: Says;
}

const chosen = '> ';
const other = '  ';

/** A list of which one item is marked, longer than its window if need be. */
export class ListPane<T> {
  readonly #idOf: (item: T) => string;
  readonly #scroll = createScroll();
  #items: readonly T[] = [];
  #index = 0;
  #isMoved = true;
  #perPage = 1;
  #size: WindowSize = { columns: 0, rows: 0 };

  constructor(idOf: (item: T) => string) {
    this.#idOf = idOf;
  }

  get items(): readonly T[] {
    return this.#items;
  }

  get index(): number {
    return this.#index;
  }

  get selected(): T | undefined {
    return this.#items[this.#index];
  }

  /** Other items: what was marked stays so, or what stands in its place now. */
  show(items: readonly T[]): void {
    const before = this.selected;
    const id = before === undefined ? undefined : this.#idOf(before);
    const found = items.findIndex((item) => this.#idOf(item) === id);
    this.#items = items;
    this.#index = found >= 0 ? found : Math.max(0, Math.min(this.#index, items.length - 1));
    this.#isMoved = true;
  }

  select(index: number): void {
    this.#index = Math.max(0, Math.min(index, this.#items.length - 1));
    this.#isMoved = true;
  }

  /** Whether the key was one that moves. */
  key(key: Key): boolean {
    const steps: Partial<Record<Key, number>> = {
      up: -1,
      down: 1,
      pageUp: -this.#perPage,
      pageDown: this.#perPage,
      home: -this.#items.length,
      end: this.#items.length,
    };
    const step = steps[key];
    if (step === undefined) return false;
    // What stands above a short list can be reached, too.
    if (this.#index === 0 && step < 0) return this.#scroll.key(key);
    this.select(this.#index + step);
    return true;
  }

  rows({ above, textsOf, below, says }: ListFrame<T>, size: WindowSize): readonly string[] {
    const head = rowsOfTexts(above, size.columns);
    const each = this.#items.map((item, index) => rowsOfTexts(this.#marked(textsOf(item), index), size.columns));
    const before = each.slice(0, this.#index).reduce((sum, rows) => sum + rows.length, head.length);
    const own = each[this.#index]?.length ?? 0;
    const average = each.length === 0 ? 1 : each.reduce((sum, rows) => sum + rows.length, 0) / each.length;
    this.#perPage = Math.max(1, Math.floor(size.rows / average) - 1);
    if (size.columns !== this.#size.columns || size.rows !== this.#size.rows) this.#isMoved = true;
    this.#size = size;
    if (this.#isMoved && own > 0)
      this.#scroll.reveal(this.#index === 0 ? 0 : before, before + Math.min(own, size.rows - 1) - 1);
    this.#isMoved = false;
    return this.#scroll.window([...head, ...each.flat(), ...rowsOfTexts(below, size.columns)], size, says);
  }

  /** The marked item is said last, so that moving says it alone. */
  lines({ above, textsOf, below }: ListFrame<T>): readonly string[] {
    const { selected } = this;
    return [
      ...linesOfTexts(above),
      ...linesOfTexts(below),
      ...(selected === undefined
        ? []
        : [`${this.#index + 1}/${this.#items.length}: ${linesOfTexts(textsOf(selected)).join('. ')}`]),
    ];
  }

  #marked(texts: readonly MarkedText[], index: number): readonly MarkedText[] {
    return texts.map(({ text, mark, style }, row) =>
      marked(text, (row === 0 && index === this.#index ? chosen : other) + mark, style),
    );
  }
}
