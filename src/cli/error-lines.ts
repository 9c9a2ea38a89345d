import { marked, rowsOfMarked } from '../terminal/layout/marked-text.js';
import { screenText } from '../terminal/layout/screen-text.js';
import type { CommandContext } from './context.js';

/** Writes lines to standard error: in rows between words on a terminal, as they are to a file. */
export function writeErrorLines({ ports: { error } }: CommandContext, lines: readonly string[]): void {
  const { columns } = error;
  const rows =
    columns === undefined ? lines.map(screenText) : lines.flatMap((line) => rowsOfMarked(marked(line), columns));
  error.write(rows.map((row) => `${row.trimEnd()}\n`).join(''));
}
