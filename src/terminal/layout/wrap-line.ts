import { behindLabels } from './screen-block.js';
import { columnsOf } from './wrap-text.js';

/** A sequence of `createStyle` (ECMA-48 §8.3.117), which takes no columns. */
const styling = /\u001b\[\d+m/g;

/**
 * The rows of a line of a list in a window of so many columns: broken at spaces, and further rows stand below the last
 * column of the line, or so far in that none looks like a line of ours. A word that is longer than a row stays in one
 * piece, so that it can be copied, only where it can be an address, a fingerprint or a path: the terminal breaks it, and
 * goes on at the first column. A name in other letters, or with other spaces, would look like a line of ours there.
 */
export function wrapLine(line: string, columns: number): readonly string[] {
  const plain = line.replaceAll(styling, '');
  if (columnsOf(plain) <= columns) return [line];
  const hanging = ' '.repeat(hangingColumns(plain, columns));
  const rows: string[] = [];
  let row = '';
  for (const [piece] of line.trimEnd().matchAll(/ *[^ ]+/g)) {
    const longer = row + piece;
    if (row === '' || columnsOf(longer.replaceAll(styling, '')) <= columns) row = longer;
    else {
      rows.push(row);
      row = hanging + piece.replace(/^ +/, '');
    }
    if (!isBrokenHere(row, columns)) continue;
    const parts = brokenInside(row, columns, hanging);
    rows.push(...parts.slice(0, -1));
    row = parts.at(-1) ?? '';
  }
  return [...rows, row];
}

/** Whether a row is too long for a reason that the terminal must not see to. */
function isBrokenHere(row: string, columns: number): boolean {
  const plain = row.replaceAll(styling, '');
  return columnsOf(plain) > columns && !/^ *[!-~]+$/.test(plain);
}

/** A row that is one long word, as rows that fit. */
function brokenInside(word: string, columns: number, hanging: string): readonly string[] {
  const rows: string[] = [];
  let row = '';
  let width = 0;
  for (const [part] of word.matchAll(/\u001b\[\d+m|./gsu)) {
    const more = part.startsWith('\u001b[') ? 0 : columnsOf(part);
    if (width + more > columns && width > hanging.length) {
      rows.push(row);
      row = hanging;
      width = hanging.length;
    }
    row += part;
    width += more;
  }
  return [...rows, row];
}

/** Columns of a list have two spaces between them; one in the right half leaves too little room below it. */
function hangingColumns(plain: string, columns: number): number {
  const left = plain.slice(0, columns);
  const starts = [...left.matchAll(/(?<=\S) {2,}(?=\S)/g)].map((gap) => columnsOf(left.slice(0, gap.index) + gap[0]));
  const indented = /^ */.exec(plain)?.[0].length ?? 0;
  return starts.findLast((start) => start <= columns / 2) ?? Math.min(indented + behindLabels.length, columns / 2);
}
