import { dropOrder, ownText, rowsOf, type Block, type Weight } from './screen-block.js';

/** Columns and rows of a window. */
export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

interface Fitted {
  readonly weight: Weight;
  readonly more: string | undefined;
  readonly rows: readonly string[];
}

/** What stands in a window. */
export interface FittedScreen {
  readonly lines: readonly string[];
  /** All that must never go stands there. */
  readonly whole: boolean;
}

/**
 * The rows that a window shows. What matters least goes first, from below; if even the rest is too much, its first rows
 * stand there with `tooSmall` under them.
 */
export function fitScreen(blocks: readonly Block[], size: WindowSize, tooSmall: string): FittedScreen {
  const room = Math.max(1, size.rows);
  const spaced = blocks.filter(({ weight }, index) => weight !== 'gap' || blocks[index - 1]?.weight !== 'gap');
  let fitted: readonly Fitted[] = spaced.map((block) => ({
    weight: block.weight,
    more: block.more,
    rows: rowsOf(block, size.columns),
  }));
  for (const weight of dropOrder) fitted = dropFrom(fitted, weight, room);
  const rows = fitted.flatMap((block) => block.rows);
  if (rows.length <= room) return { lines: rows, whole: true };
  const notice = rowsOf(ownText('kept', tooSmall), size.columns).slice(0, room);
  return { lines: [...rows.slice(0, room - notice.length), ...notice], whole: false };
}

function dropFrom(blocks: readonly Fitted[], weight: Weight, room: number): readonly Fitted[] {
  let excess = blocks.reduce((sum, { rows }) => sum + rows.length, 0) - room;
  return blocks
    .toReversed()
    .map((block) => {
      if (excess <= 0 || block.weight !== weight) return block;
      const rows = shortened(block, excess);
      excess -= block.rows.length - rows.length;
      return { ...block, rows };
    })
    .toReversed();
}

/** A quoted text keeps its heading and a sign that there is more. */
function shortened({ rows, more }: Fitted, excess: number): readonly string[] {
  if (more === undefined) return [];
  return rows.length <= 2 ? rows : [...rows.slice(0, Math.max(1, rows.length - excess - 1)), more];
}
