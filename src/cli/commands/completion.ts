import { askedValues } from '../completion/asked-values.js';
import { bashCompletion } from '../completion/bash.js';
import { completionsOf } from '../completion/completions.js';
import { fishCompletion } from '../completion/fish.js';
import type { Shell } from '../completion/shells.js';
import type { AskedKind } from '../completion/values.js';
import { zshCompletion } from '../completion/zsh.js';
import { withClient, writeLines, type Command } from '../context.js';
import type { ProgramParts } from '../program-parts.js';
import { screenText } from '../../terminal/layout/screen-text.js';

const writers = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `kort completion SHELL`: in the language of whoever runs it. */
export function completionCommand(shell: Shell, wholeTree: ProgramParts['wholeTree']): Command {
  return async (context) => {
    context.ports.out.write(writers[shell](completionsOf(await wholeTree())));
    return 0;
  };
}

/** `kort completion values:KIND`: what the scripts ask while a person types; silent where nothing can be told. */
export function valuesCommand(kind: AskedKind): Command {
  return async (context) => {
    const values = await withClient(context, (client) => askedValues(kind, client)).catch(() => []);
    // A line is a value: what would make it another one is left out.
    writeLines(
      context,
      values.filter((value) => value !== '' && screenText(value) === value),
    );
    return 0;
  };
}
