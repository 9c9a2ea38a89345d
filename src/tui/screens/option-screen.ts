import type { Key } from '../../terminal/keys/key-reader.js';
import type { WindowSize } from '../../terminal/layout/fit-screen.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { uiListMessages } from '../../messages/ui-lists.js';
import type { KeyHelp, Screen, Ui } from '../screen.js';
import { ListPane, type ListFrame } from './list-pane.js';
import { letterOf, rowsText, RowScreen } from './row-screen.js';

/** One of a few things to choose. */
export interface Option {
  readonly text: string;
  readonly choose: () => void;
}

/** What is chosen from. */
export interface OptionScreenParts {
  readonly title: string;
  readonly intro: readonly MarkedText[];
  readonly options: readonly Option[];
  readonly keys?: readonly KeyHelp[];
  readonly onKey?: (letter: string) => boolean;
}

/** A few things of which one is chosen, by Enter or its number; the screen goes away with it. */
export const createOptionScreen = (ui: Ui, parts: OptionScreenParts): Screen => new OptionScreen(ui, parts);

class OptionScreen extends RowScreen {
  readonly title: string;
  readonly #parts: OptionScreenParts;
  readonly #pane = new ListPane<Option>(({ text }) => text);

  constructor(ui: Ui, parts: OptionScreenParts) {
    super(ui);
    this.title = parts.title;
    this.#parts = parts;
    this.#pane.show(parts.options);
  }

  get keys(): readonly KeyHelp[] {
    const { keys } = uiListMessages[this.ui.look.language];
    return [{ key: 'Enter', does: keys.choose }, ...(this.#parts.keys ?? []), { key: '↑ ↓', does: keys.move }];
  }

  key(key: Key, byte: number): boolean {
    if (this.#pane.key(key)) {
      this.changed();
      return true;
    }
    const number = key === 'character' ? byte - 0x30 : 0;
    const option = key === 'enter' ? this.#pane.selected : number <= 9 ? this.#pane.items[number - 1] : undefined;
    if (option === undefined) return this.#parts.onKey?.(letterOf(key, byte)) ?? false;
    this.ui.back();
    option.choose();
    return true;
  }

  rows(size: WindowSize): readonly string[] {
    return this.#pane.rows(this.#frame(), size);
  }

  linear(): readonly string[] {
    return this.#pane.lines(this.#frame());
  }

  #frame(): ListFrame<Option> {
    const { intro, options } = this.#parts;
    return {
      above: [...intro, marked('')],
      textsOf: (option) => [marked(option.text, `${options.indexOf(option) + 1}  `)],
      below: [],
      says: rowsText(this.ui.look.language),
    };
  }
}
