import type { Command as Parser } from 'commander';
import { uiHelp } from '../../messages/help-ui.js';
import type { CliPorts } from '../ports.js';
import type { ProgramParts } from '../program-parts.js';
import { usageError } from '../usage-error.js';

/** `kort ui` */
export function addUiCommand(program: Parser, { language, usage, choose }: ProgramParts): void {
  program
    .command('ui')
    .option('--linear', uiHelp[language].linear)
    .action(({ linear }: { linear?: true }) =>
      choose(async (context) => {
        const { ports, json } = context;
        if (json || !ports.hasTerminal()) throw usageError(usage.terminalNeeded);
        await ports.runUi({ look: context, linear: linear === true || wantsLines(ports) });
        return 0;
      }),
    );
}

/** Asked for by the environment, or there is nothing else that the terminal could show. */
function wantsLines({ env }: CliPorts): boolean {
  return env['KORT_SCREEN_READER'] === '1' || env['INK_SCREEN_READER'] === 'true' || env['TERM'] === 'dumb';
}
