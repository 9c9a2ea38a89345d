import type { Command as Parser } from 'commander';
import type { ProgramParts } from '../program-parts.js';
import { parseName } from '../values.js';

/** `kort watch` and `kort trace` */
export function addWatchCommands(program: Parser, { help, usage, choose }: ProgramParts): void {
  program
    .command('watch')
    .action(() => choose(async (context) => await (await import('./watch.js')).watchCommand(context)));
  program
    .command('trace')
    .option(`--reader <${help.names.reader}>`, help.options.traceReader, (text) => parseName(text, '--reader', usage))
    .action((options: { reader?: string }) =>
      choose(async (context) => await (await import('./trace.js')).traceCommand(options)(context)),
    );
}
