import { rowsOfMarked, type MarkedText } from '../terminal/layout/marked-text.js';
import { screenText } from '../terminal/layout/screen-text.js';
import type { CommandContext } from './context.js';

/** Writes text as rows of a terminal; whoever reads from a pipe gets each as one line. Text from outside is made harmless. */
export function writeMarked({ ports }: Pick<CommandContext, 'ports'>, texts: readonly MarkedText[]): void {
  const rows = ports.out.isTerminal
    ? texts.flatMap((one) => rowsOfMarked(one, ports.out.columns))
    : texts.map(({ mark, text }) => mark + screenText(text));
  ports.out.write(rows.map((row) => `${row.trimEnd()}\n`).join(''));
}
