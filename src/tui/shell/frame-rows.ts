import { columnsOf } from '../../terminal/layout/wrap-text.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import { createStyle } from '../../terminal/layout/style.js';
import type { KeyHelp } from '../screen.js';

/** The first row: where one is, and at its end what the program says of itself. */
export function titleRow(
  { head, title }: { readonly head: string; readonly title: string },
  columns: number,
  { color }: { readonly color: boolean },
): string {
  const style = createStyle(color);
  const left = screenText(title);
  const right = screenText(head);
  const between = columns - 1 - columnsOf(left) - columnsOf(right);
  if (between < 2) return style.bold(cut(left, columns - 1));
  return `${style.bold(left)}${' '.repeat(between)}${style.dim(right)}`;
}

/** The last row: the keys that there is room for, and always how to see the rest. */
export function keyRow(keys: readonly KeyHelp[], columns: number, { color }: { readonly color: boolean }): string {
  const style = createStyle(color);
  const width = columns - 1;
  const texts = keys.map(({ key, does }) => `${key} ${does}`);
  const last = texts.at(-1) ?? '';
  let used = columnsOf(last);
  const shown: KeyHelp[] = [];
  for (const [index, text] of texts.slice(0, -1).entries()) {
    if (used + columnsOf(text) + 3 > width) break;
    used += columnsOf(text) + 3;
    const one = keys[index];
    if (one !== undefined) shown.push(one);
  }
  const end = keys.at(-1);
  const all = end === undefined ? shown : [...shown, end];
  return all.map(({ key, does }) => `${style.bold(key)} ${style.dim(does)}`).join(style.dim(' · '));
}

/** A text that is too long for its columns ends with a sign of it. */
function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  for (const character of text) {
    if (columnsOf(kept) + columnsOf(character) > columns - 1) break;
    kept += character;
  }
  return `${kept}…`;
}
