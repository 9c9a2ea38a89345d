import type { Command, CommandContext, GlobalOptions } from './context.js';
import { createContext } from './context.js';
import { languageFor, splitGlobals } from './globals.js';
import type { CliPorts } from './ports.js';

/** Carries out a command line; never rejects. The exit status. */
export async function runCli(argv: readonly string[], ports: CliPorts): Promise<number> {
  const { options, rest } = splitGlobals(argv);
  const language = languageFor(options, ports.env);
  const context = createContext(ports, language, options);
  try {
    if (rest.length === 1 && rest[0] === 'status') {
      // The one command with a budget for its start-up time: the full parser is not loaded for it.
      const { statusCommand } = await import('./commands/status.js');
      return await statusCommand({ watch: false })(context);
    }
    return await parseAndRun(argv, context);
  } catch (error) {
    const { reportError } = await import('./report-error.js');
    return reportError(context, error);
  }
}

interface Chosen {
  readonly command: Command;
  readonly defaultInstance: string | undefined;
}

async function parseAndRun(argv: readonly string[], context: CommandContext): Promise<number> {
  const { buildProgram, globalsOf } = await import('./program.js');
  const { helpMessages } = await import('../messages/help.js');
  const { usageMessages } = await import('../messages/usage.js');
  const { ports, language } = context;
  const written: string[] = [];
  const chosen: Chosen[] = [];
  const parts = {
    help: helpMessages[language],
    usage: usageMessages[language],
    choose: (command: Command, defaultInstance?: string) => void chosen.push({ command, defaultInstance }),
  };
  const output = { write: (text: string) => void written.push(text), width: ports.out.columns };
  const program = buildProgram(parts, ports.version(), output);
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    const { answerParserExit } = await import('./parser-exit.js');
    return answerParserExit(error, written.join(''), context, parts.usage);
  }
  const [first] = chosen;
  if (first === undefined) throw new TypeError('No command was chosen');
  const options: GlobalOptions = { ...globalsOf(program) };
  return await first.command({
    ...createContext(ports, language, options),
    instance: options.instance ?? first.defaultInstance,
  });
}
