import type { Command as Parser } from 'commander';
import { statusNotes } from '../../messages/help-cards.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';

/** `kort status` */
export function addStatusCommand(program: Parser, parts: ProgramParts): void {
  const { help, choose } = parts;
  program
    .command('status')
    .option('-w, --watch', help.options.watch)
    .action(({ watch }: { watch?: true }) =>
      choose(async (context) => {
        const { statusCommand } = await import('./status.js');
        return await statusCommand({ watch: watch === true })(context);
      }),
    );
  addNotes(program, statusNotes, parts);
}
