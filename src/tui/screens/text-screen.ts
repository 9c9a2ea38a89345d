import type { Key } from '../../terminal/keys/key-reader.js';
import type { WindowSize } from '../../terminal/layout/fit-screen.js';
import type { MarkedText } from '../../terminal/layout/marked-text.js';
import { createScroll } from '../scroll.js';
import type { KeyHelp, Screen, Ui } from '../screen.js';
import { letterOf, linesOfTexts, rowsOfTexts, rowsText, RowScreen } from './row-screen.js';

/** Text that does not change, with keys of its own. */
export interface TextScreenParts {
  readonly title: string;
  readonly texts: readonly MarkedText[];
  readonly keys?: readonly KeyHelp[];
  /** A small letter, or `enter`; whether it meant something. */
  readonly onKey?: (key: string) => boolean;
}

/** A text that is read, and scrolled where it is longer than the window. */
export const createTextScreen = (ui: Ui, parts: TextScreenParts): Screen => new TextScreen(ui, parts);

class TextScreen extends RowScreen {
  readonly title: string;
  readonly keys: readonly KeyHelp[];
  readonly #parts: TextScreenParts;
  readonly #scroll = createScroll();

  constructor(ui: Ui, parts: TextScreenParts) {
    super(ui);
    this.title = parts.title;
    this.keys = parts.keys ?? [];
    this.#parts = parts;
  }

  key(key: Key, byte: number): boolean {
    if (this.#scroll.key(key)) {
      this.changed();
      return true;
    }
    return this.#parts.onKey?.(key === 'enter' ? 'enter' : letterOf(key, byte)) ?? false;
  }

  rows(size: WindowSize): readonly string[] {
    return this.#scroll.window(rowsOfTexts(this.#parts.texts, size.columns), size, rowsText(this.ui.look.language));
  }

  linear(): readonly string[] {
    return linesOfTexts(this.#parts.texts);
  }
}
