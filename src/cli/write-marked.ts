import { marked, rowsOfMarked, type MarkedText } from '../terminal/layout/marked-text.js';
import { screenText } from '../terminal/layout/screen-text.js';
import type { CommandContext } from './context.js';

/** Writes text as rows of a terminal; whoever reads from a pipe gets each as one line. Text from outside is made harmless. */
export function writeMarked({ ports: { out } }: Pick<CommandContext, 'ports'>, texts: readonly MarkedText[]): void {
  out.write(rowsText(texts, out.isTerminal ? out.columns : undefined));
}

/** The same to standard error, of lines. */
export function writeErrorLines({ ports: { error } }: CommandContext, lines: readonly string[]): void {
  error.write(
    rowsText(
      lines.map((line) => marked(line)),
      error.columns,
    ),
  );
}

function rowsText(texts: readonly MarkedText[], columns: number | undefined): string {
  const rows =
    columns === undefined
      ? texts.map(({ mark, text }) => mark + screenText(text))
      : texts.flatMap((one) => rowsOfMarked(one, columns));
  return rows.map((row) => `${row.trimEnd()}\n`).join('');
}
