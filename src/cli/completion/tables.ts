import type { CommandCompletions } from './completions.js';
import type { ValueSource } from './values.js';

/** A row of a `case` statement: what it is for, and what it stands for. */
export interface Row {
  readonly key: string;
  readonly text: string;
}

/** Words of a fixed list behind `=`, or the name of a kind. */
export const sourceText = (source: ValueSource): string =>
  typeof source === 'string' ? source : `= ${source.join(' ')}`;

/** By `path option`, of options that take a value. */
export function optionRows(commands: readonly CommandCompletions[]): readonly Row[] {
  return commands.flatMap(({ path, options }) =>
    options.flatMap(({ flags, value }) =>
      value === undefined ? [] : flags.map((flag) => ({ key: `${path} ${flag}`, text: sourceText(value) })),
    ),
  );
}

/** By `path number`, of arguments. */
export function placeRows(commands: readonly CommandCompletions[]): readonly Row[] {
  return commands.flatMap(({ path, places, repeats }) =>
    places.map((source, index) => {
      const more = repeats && index === places.length - 1;
      return { key: `${path} ${more ? '*' : index + 1}`, text: sourceText(source) };
    }),
  );
}
