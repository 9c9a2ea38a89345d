/** A row as the part of a text from `start` up to `end`. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** Columns before the text of the first row and of every further row are not counted in these. */
export interface RowWidths {
  readonly first: number;
  readonly further: number;
}

/** Characters of two columns (UAX #11 W and F, roughly); where in doubt two, so that no row is longer than it counts. */
const wide = /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u{3fffd}]/u;

/** How many columns a text takes on a terminal, at most. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += wide.test(character) ? 2 : 1;
  return columns;
}

/**
 * Breaks a text at its spaces; only a word that is longer than a whole row is broken inside. At least one row; the first
 * is empty where its word has room in a further row only.
 */
export function wrapText(text: string, widths: RowWidths): readonly RowRange[] {
  const rows: RowRange[] = [];
  let row = { start: 0, end: 0, columns: 0 };
  const limit = (): number => (rows.length === 0 ? widths.first : widths.further);
  const breakRow = (at: number): void => {
    if (row.columns > 0) rows.push({ start: row.start, end: row.end });
    row = { start: at, end: at, columns: 0 };
  };
  const append = (part: string): void => {
    row = { ...row, end: row.end + part.length, columns: row.columns + columnsOf(part) };
  };
  let spaces = '';
  for (const [token] of text.matchAll(/ +|[^ ]+/g)) {
    if (token.startsWith(' ')) {
      spaces = token;
      continue;
    }
    if (row.columns + spaces.length + columnsOf(token) <= limit()) append(spaces + token);
    else {
      const isBegun = rows.length > 0 || row.columns > 0;
      if (!isBegun && columnsOf(token) <= widths.further) rows.push({ start: row.start, end: row.start });
      breakRow(row.end + spaces.length);
      for (const character of token) {
        if (row.columns > 0 && row.columns + columnsOf(character) > limit()) breakRow(row.end);
        append(character);
      }
    }
    spaces = '';
  }
  if (row.columns + spaces.length <= limit()) append(spaces);
  return [...rows, { start: row.start, end: row.end }];
}
