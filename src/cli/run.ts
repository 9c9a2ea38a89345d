import type { Command, CommandContext, GlobalOptions } from './context.js';
import { createContext } from './context.js';
import { languageFor, splitGlobals } from './globals.js';
import type { CliPorts } from './ports.js';

/** Carries out a command line; never rejects. The exit status. */
export async function runCli(argv: readonly string[], ports: CliPorts): Promise<number> {
  const { options, rest } = splitGlobals(argv);
  const language = languageFor(options, ports);
  let context = createContext(ports, language, options);
  try {
    if (rest.length === 1 && rest[0] === 'status') {
      // The one command with a budget for its start-up time: the full parser is not loaded for it.
      const { statusCommand } = await import('./commands/status.js');
      return await statusCommand({ watch: false })(context);
    }
    const parsed = await parse(argv, context);
    if (typeof parsed === 'number') return parsed;
    context = parsed.context;
    return await parsed.command(context);
  } catch (error) {
    const { reportError } = await import('./report-error.js');
    return await reportError(context, error);
  }
}

interface Chosen {
  readonly command: Command;
  readonly defaultInstance: string | undefined;
}

interface Parsed {
  readonly command: Command;
  readonly context: CommandContext;
}

/** The command that is meant, or the exit status when the parser itself answered. */
async function parse(argv: readonly string[], context: CommandContext): Promise<Parsed | number> {
  const { buildProgram, globalsOf } = await import('./program.js');
  const { certificateHelp } = await import('../messages/help-certificate.js');
  const { helpMessages } = await import('../messages/help.js');
  const { usageMessages } = await import('../messages/usage.js');
  const { ports, language } = context;
  const written: string[] = [];
  const chosen: Chosen[] = [];
  const parts = {
    help: helpMessages[language],
    certificateHelp: certificateHelp[language],
    usage: usageMessages[language],
    language,
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
  return { command: first.command, context: createContext(ports, language, options, first.defaultInstance) };
}
