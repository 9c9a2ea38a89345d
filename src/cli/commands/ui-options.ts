import type { Command as Parser } from 'commander';
import { uiHelp, uiNotes } from '../../messages/help-ui.js';
import { exitCodes } from '../exit-codes.js';
import type { CliPorts } from '../ports.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';
import { usageError } from '../usage-error.js';

/** `kort ui` */
export function addUiCommand(program: Parser, parts: ProgramParts): void {
  const { language, usage, choose } = parts;
  program
    .command('ui')
    .option('--linear', uiHelp[language].linear)
    .action(({ linear }: { linear?: true }) =>
      choose(async (context) => {
        const { ports, json } = context;
        if (json || !ports.hasTerminal()) throw usageError(usage.terminalOnly);
        await ports.runUi({ look: context, linear: linear === true || wantsLines(ports) });
        const { aborted } = await ports.interrupted();
        return aborted ? exitCodes.refused : exitCodes.done;
      }),
    );
  addNotes(program, uiNotes, parts);
}

/** Asked for by the environment, or there is nothing else that the terminal could show. */
function wantsLines({ env }: CliPorts): boolean {
  return env['KORT_SCREEN_READER'] === '1' || env['INK_SCREEN_READER'] === 'true' || env['TERM'] === 'dumb';
}
