import type { Command as Parser } from 'commander';
import { completionHelp, completionNotes } from '../../messages/help-completion.js';
import { sandboxInstance } from '../../terminal/look.js';
import { shells, type Shell } from '../completion/shells.js';
import { askedKinds, askedPrefix, type AskedKind } from '../completion/values.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';
import { oneOf } from '../values.js';

/** What is written: a script, or what the scripts ask for, which nobody types. */
type Wish = { readonly shell: Shell } | { readonly kind: AskedKind };

/** `kort completion SHELL` */
export function addCompletionCommand(program: Parser, parts: ProgramParts): void {
  const { language, choose, wholeTree } = parts;
  const help = completionHelp[language];
  program
    .command('completion')
    .argument(`<${help.names.shell}>`, `${help.shell}: ${shells.join(', ')}`, (text) => parseWish(text, parts))
    .action((wish: Wish) => {
      if ('shell' in wish) {
        choose(async (context) => {
          const { completionCommand } = await import('./completion.js');
          return await completionCommand(wish.shell, wholeTree)(context);
        });
      } else {
        choose(
          async (context) => await (await import('./completion.js')).valuesCommand(wish.kind)(context),
          wish.kind.startsWith('sandbox-') ? sandboxInstance : undefined,
        );
      }
    });
  addNotes(program, completionNotes, parts);
}

function parseWish(text: string, { language, usage }: ProgramParts): Wish {
  const kind = askedKinds.find((known) => text === askedPrefix + known);
  if (kind !== undefined) return { kind };
  return { shell: oneOf(shells, text, completionHelp[language].names.shell, usage) };
}
