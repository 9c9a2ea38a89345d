import { labelledText, rowsOf, type Span } from './screen-block.js';

/** Text behind a mark of ours; what is too long for the terminal goes on below, further in. */
export interface MarkedText {
  readonly mark: string;
  readonly text: string;
  readonly style?: (text: string) => string;
}

/** The rows of one in a window of so many columns. */
export function rowsOfMarked(one: MarkedText, columns: number): readonly string[] {
  return rowsOf(labelledText('kept', one.mark, spanOf(one)), columns);
}

/** A line of its own, an empty one to begin with. */
export const marked = (text: string, mark = '', style?: (text: string) => string): MarkedText => ({
  mark,
  text,
  ...(style === undefined ? {} : { style }),
});

/** Rows of label and value, the values below each other. */
export function labelledRows(
  rows: readonly (readonly [label: string, value: string | undefined])[],
): readonly MarkedText[] {
  const given = rows.flatMap(([label, value]) =>
    value === undefined || value === '' ? [] : [[label, value] as const],
  );
  const width = Math.max(...given.map(([label]) => label.length));
  return given.map(([label, value]) => marked(value, `${label.padEnd(width)}  `));
}

function spanOf({ text, style }: MarkedText): Span {
  return style === undefined ? text : { text, style };
}
