import type { Command as Parser } from 'commander';
import { watchNotes } from '../../messages/help-cards.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';
import { parseName } from '../values.js';

/** `kort watch` and `kort trace` */
export function addWatchCommands(program: Parser, parts: ProgramParts): void {
  const { help, usage, choose } = parts;
  program
    .command('watch')
    .action(() => choose(async (context) => await (await import('./watch.js')).watchCommand(context)));
  program
    .command('trace')
    .option(`--reader <${help.names.reader}>`, help.options.traceReader, (text) => parseName(text, '--reader', usage))
    .action((options: { reader?: string }) =>
      choose(async (context) => await (await import('./trace.js')).traceCommand(options)(context)),
    );
  addNotes(program, watchNotes, parts);
}
