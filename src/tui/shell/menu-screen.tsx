import { uiMessages } from '../../messages/ui.js';
import type { Key } from '../../terminal/keys/key-reader.js';
import type { WindowSize } from '../../terminal/layout/fit-screen.js';
import { labelledText, ownText, rowsOf } from '../../terminal/layout/screen-block.js';
import { createStyle } from '../../terminal/layout/style.js';
import { Rows } from '../rows.js';
import type { KeyHelp, Screen, Ui } from '../screen.js';
import { createScroll } from '../scroll.js';
import { createListeners } from './listeners.js';

/** One thing to choose. */
export interface MenuEntry {
  /** The key that does the same on the screen behind. */
  readonly key: string;
  readonly text: string;
  /** Once; `leave` takes the menu away, in the same moment as something else comes. */
  choose(leave: () => void): void;
}

/** A question with numbered answers. */
export function createMenuScreen(
  ui: Ui,
  {
    title,
    question,
    entries,
  }: { readonly title: string; readonly question: string; readonly entries: readonly MenuEntry[] },
): Screen {
  const words = uiMessages[ui.look.language];
  const listeners = createListeners();
  const scroll = createScroll();
  let selected = 0;
  let isChosen = false;
  const choose = (entry: MenuEntry | undefined): boolean => {
    if (entry === undefined || isChosen) return false;
    isChosen = true;
    entry.choose(() => ui.back());
    return true;
  };
  const draw = ({ size }: { readonly size: WindowSize }) => {
    const style = createStyle(ui.look.color);
    const head = rowsOf(labelledText('kept', '', question), size.columns);
    const rows = [...head, ''];
    entries.forEach(({ key, text }, index) => {
      const mark = `${index === selected ? '> ' : '  '}${index + 1}  `;
      const styled = { text, style: (piece: string) => (index === selected ? style.bold(piece) : piece) };
      const first = rows.length;
      rows.push(...rowsOf(labelledText('kept', mark, styled, `  (${key})`), size.columns));
      if (index === selected) scroll.reveal(first, rows.length - 1);
    });
    if (entries.length === 0) rows.push(...rowsOf(ownText('kept', words.nothingHere), size.columns));
    return <Rows rows={scroll.window(rows, size, words.rows)} />;
  };
  const keys: readonly KeyHelp[] = [
    { key: '↑↓ Enter', does: words.keys.choose },
    { key: '1–9', does: words.keys.number, short: words.shortKeys.number },
  ];
  return {
    title,
    busy: false,
    keys,
    View: draw,
    key(key: Key, byte: number) {
      if (key === 'enter') return choose(entries[selected]);
      if (key === 'character') {
        const character = String.fromCharCode(byte);
        return choose(entries[Number(character) - 1] ?? entries.find((entry) => entry.key === character));
      }
      const step = key === 'up' ? -1 : key === 'down' ? 1 : 0;
      if (step === 0) return false;
      selected = Math.max(0, Math.min(entries.length - 1, selected + step));
      listeners.tell();
      return true;
    },
    linear: () => [question, ...entries.map(({ text }, index) => `${index + 1}: ${text}`)],
    subscribe: (listener) => listeners.add(listener),
    close: () => undefined,
  };
}
