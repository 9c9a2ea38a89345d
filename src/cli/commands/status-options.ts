import type { Command as Parser } from 'commander';
import type { ProgramParts } from '../program-parts.js';

/** `kort status` */
export function addStatusCommand(program: Parser, { help, choose }: ProgramParts): void {
  program
    .command('status')
    .option('-w, --watch', help.options.watch)
    .action(({ watch }: { watch?: true }) =>
      choose(async (context) => {
        const { statusCommand } = await import('./status.js');
        return await statusCommand({ watch: watch === true })(context);
      }),
    );
}
