import type { Command as Parser } from 'commander';
import { phraseHelp, phraseNotes } from '../../messages/help-phrase.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';

/** `kort phrase set|show|remove` */
export function addPhraseCommands(program: Parser, parts: ProgramParts): void {
  const { language, choose } = parts;
  const help = phraseHelp[language];
  const phrase = program.command('phrase').description(help.phrase);
  phrase
    .command('set')
    .description(help.commands.set)
    .option('--stdin', help.stdin)
    .action(({ stdin }: { readonly stdin?: true }) =>
      choose(async (context) => (await import('./phrase.js')).phraseSetCommand(stdin === true)(context)),
    );
  phrase
    .command('show')
    .description(help.commands.show)
    .action(() => choose(async (context) => (await import('./phrase.js')).phraseShowCommand(context)));
  phrase
    .command('remove')
    .description(help.commands.remove)
    .action(() => choose(async (context) => (await import('./phrase.js')).phraseRemoveCommand(context)));
  addNotes(program, phraseNotes, parts);
}
