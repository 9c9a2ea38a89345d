import { screenText } from '../../terminal/layout/screen-text.js';
import { uiMessages } from '../../messages/ui.js';
import type { UiTerminal } from '../ports.js';
import type { KeyHelp } from '../screen.js';
import type { Face, FaceSource, Picture } from './face.js';
import type { Language } from '../../messages/language.js';

/** What a terminal that is read aloud needs of the shell. */
export interface LinearSource extends FaceSource {
  readonly look: { readonly language: Language };
}

/** The lines that stood there last, and every row of keys. */
interface SaidOfScene {
  readonly lines: readonly string[];
  readonly keys: Set<string>;
}

/** Stands for the login's question among the screens. */
const prompt = {};

/**
 * Lines only, each below the other, and not one control character but the line feed: what has changed since the last
 * time is written, and nothing that stands there already is written again.
 */
export function createLinearFace(source: LinearSource, terminal: UiTerminal): Face {
  const words = uiMessages[source.look.language];
  /** What was said of each screen: whoever comes back to it hears what is new. */
  let said = new WeakMap<object, SaidOfScene>();
  let scene: object | undefined;
  let isQueued = false;
  let isOver = false;
  const write = (lines: readonly string[]): void => {
    if (lines.length > 0) terminal.write(lines.map((line) => `${screenText(line)}\n`).join(''));
  };
  const show = (): void => {
    isQueued = false;
    if (isOver) return;
    const picture = source.picture();
    const isPrompt = picture.kind === 'rows';
    const now = isPrompt ? prompt : picture.screen;
    const isOther = now !== scene;
    // Each question of a login is heard from its beginning.
    const before = isOther && isPrompt ? undefined : said.get(now);
    if (isOther) write(isPrompt ? [''] : ['', picture.title]);
    const lines = linesOf(picture);
    write(withoutKnown(lines, before?.lines ?? []));
    const keys = isPrompt ? '' : words.linearKeys(keysText(picture.keys));
    const known = before?.keys ?? new Set();
    if (keys !== '' && !known.has(keys)) write([keys]);
    said.set(now, { lines, keys: known.add(keys) });
    scene = now;
  };
  const queue = (): void => {
    if (isQueued) return;
    isQueued = true;
    // What happens at once is said at once, and once.
    setTimeout(show, 0);
  };
  const stop = source.onPicture(queue);
  write([words.linearStart]);
  queue();
  return {
    redraw() {
      scene = undefined;
      said = new WeakMap();
      queue();
    },
    close() {
      isOver = true;
      stop();
    },
  };
}

function linesOf(picture: Picture): readonly string[] {
  // How many characters of a PIN stand there is nobody's to hear.
  if (picture.kind === 'rows') return picture.rows.map(withoutDots).filter((row) => row !== '');
  return [...picture.screen.linear(), ...(picture.said === '' ? [] : [picture.said])];
}

/** Nothing is out of sight here, so nothing has to be scrolled. */
const keysText = (keys: readonly KeyHelp[]): string =>
  keys
    .filter(({ scrolls }) => scrolls !== true)
    .map(({ key, does }) => `${key} ${does}`)
    .join(', ');

const withoutDots = (row: string): string => row.replace(/•+$/, '').trim();

/** Those lines that did not stand there, each as often as it is new. */
function withoutKnown(lines: readonly string[], before: readonly string[]): readonly string[] {
  const known = new Map<string, number>();
  for (const line of before) known.set(line, (known.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = known.get(line) ?? 0;
    known.set(line, count - 1);
    return count <= 0;
  });
}
