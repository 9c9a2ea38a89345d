import { uiMessages } from '../../messages/ui.js';
import type { WindowSize } from '../../terminal/layout/fit-screen.js';
import { gap, labelledText, ownText, rowsOf, type Block } from '../../terminal/layout/screen-block.js';
import { createStyle } from '../../terminal/layout/style.js';
import { Rows } from '../rows.js';
import type { KeyHelp, Screen, Ui } from '../screen.js';
import { createScroll } from '../scroll.js';
import { createListeners } from './listeners.js';

const questionMark = 0x3f;

/** The keys of the screen that it is opened from, those that count everywhere, and what is good to know. */
export function createHelpScreen(ui: Ui, of: Pick<Screen, 'title' | 'keys'>): Screen {
  const { language, color } = ui.look;
  const words = uiMessages[language];
  const listeners = createListeners();
  const scroll = createScroll();
  const style = createStyle(color);
  const everywhere: readonly KeyHelp[] = [
    { key: '?', does: words.keys.help },
    { key: 'Esc', does: words.keys.back },
    { key: '↑ ↓', does: words.keys.scroll },
    { key: 'PgUp PgDn', does: words.keys.page },
    { key: 'Home End', does: words.keys.ends },
    { key: '1–9', does: words.keys.number },
    { key: 'o', does: words.keys.orders },
    { key: 'Ctrl-L', does: words.keys.redraw },
    { key: 'Ctrl-Z', does: words.keys.suspend },
    { key: 'q Ctrl-C', does: words.keys.quit },
  ];
  const ofScreen = of.keys;
  const width = Math.max(...[...ofScreen, ...everywhere].map(({ key }) => key.length));
  const list = (keys: readonly KeyHelp[]): readonly Block[] =>
    keys.map(({ key, does }) => labelledText('kept', `  ${key.padEnd(width)}  `, does));
  const heading = (text: string): Block => labelledText('kept', '', { text, style: (piece) => style.bold(piece) });
  const blocks = [
    ...(ofScreen.length === 0 ? [] : [heading(words.helpKeysOf(of.title)), ...list(ofScreen), gap]),
    heading(words.helpEverywhere),
    ...list(everywhere),
    ...words.helpText.flatMap((text) => [gap, ownText('kept', text)]),
  ];
  const linear = [...ofScreen, ...everywhere].map(({ key, does }) => `${key}: ${does}`);
  return {
    title: words.help,
    busy: false,
    keys: [{ key: '↑↓', does: words.keys.scroll, short: words.shortKeys.scroll, scrolls: true }],
    View: ({ size }: { readonly size: WindowSize }) => (
      <Rows
        rows={scroll.window(
          blocks.flatMap((block) => rowsOf(block, size.columns)),
          size,
          words.rows,
        )}
      />
    ),
    key(key, byte) {
      // What opened it puts it away again, instead of a help on the help.
      if (key === 'character' && byte === questionMark) {
        ui.back();
        return true;
      }
      const isMoved = scroll.key(key);
      if (isMoved) listeners.tell();
      return isMoved;
    },
    linear: () => [...linear, ...words.helpText],
    subscribe: (listener) => listeners.add(listener),
    close: () => undefined,
  };
}
