import { columnsOf } from '../../terminal/layout/wrap-text.js';
import { ownText, rowsOf } from '../../terminal/layout/screen-block.js';
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

/**
 * The last row: every key with what it does, or in fewer words those that there is room for. How to see the rest and
 * how to leave, the last two, come before all others; then what stands first.
 */
export function keyRow(keys: readonly KeyHelp[], columns: number, { color }: { readonly color: boolean }): string {
  const style = createStyle(color);
  const width = columns - 1;
  const between = ' · ';
  const isRoomy = widthOf(keys, between.length) <= width;
  const fewer = '  ';
  const shown = isRoomy ? keys : mostOf(keys.map(shortened), width, fewer.length);
  return shown
    .map(({ key, does }) => `${style.bold(key)} ${style.dim(does)}`)
    .join(isRoomy ? style.dim(between) : fewer);
}

const shortened = ({ key, does, short = does }: KeyHelp): KeyHelp => ({ key, does: short });

/** As many as there is room for, in the order in which they were given. */
function mostOf(keys: readonly KeyHelp[], width: number, between: number): readonly KeyHelp[] {
  const byWeight = [...keys.slice(-2).toReversed(), ...keys.slice(0, -2)];
  const chosen = new Set<KeyHelp>();
  for (const key of byWeight) {
    if (widthOf([...chosen, key], between) <= width) chosen.add(key);
  }
  return keys.filter((key) => chosen.has(key));
}

const widthOf = (keys: readonly KeyHelp[], between: number): number =>
  keys.reduce((sum, { key, does }) => sum + columnsOf(`${key} ${does}`) + between, -between);

/** As many of a sentence's rows as there is room for; one that goes on says so. */
export function saidRows(said: string, columns: number, most: number): readonly string[] {
  const rows = rowsOf(ownText('kept', said), columns);
  if (rows.length <= most) return rows;
  const kept = rowsOf(ownText('kept', said), columns - 2).slice(0, most);
  return kept.map((row, index) => (index === most - 1 ? `${row.trimEnd()} …` : row));
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
