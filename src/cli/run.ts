import { isMiddlewareError } from '../core/errors.js';
import type { CommandContext } from './context.js';
import { createContext } from './context.js';
import { languageFor, splitGlobals } from './globals.js';
import type { CliPorts } from './ports.js';

/** Carries out a command line; never rejects. The exit status. */
export async function runCli(argv: readonly string[], ports: CliPorts): Promise<number> {
  const { options, rest } = splitGlobals(argv);
  const language = languageFor(options, ports);
  let context: CommandContext = createContext(ports, language, options);
  try {
    if (rest.length === 1 && rest[0] === 'status') {
      // The one command with a budget for its start-up time: the full parser is not loaded for it.
      const { statusCommand } = await import('./commands/status.js');
      return await statusCommand({ watch: false })(context);
    }
    const { parseCommandLine } = await import('./parse-command-line.js');
    const parsed = await parseCommandLine({ argv, rest }, context);
    if (typeof parsed === 'number') return parsed;
    context = parsed.context;
    return await parsed.command(context);
  } catch (error) {
    if (ports.out.isClosed === true && isMiddlewareError(error, 'ERR_ABORTED')) {
      return (await import('./exit-codes.js')).exitCodes.outputClosed;
    }
    const { reportError } = await import('./report-error.js');
    const { withCommand } = await import('./usage-error.js');
    return await reportError(context, withCommand(error, context.path));
  }
}
