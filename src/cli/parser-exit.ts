import { CommanderError, type Command as Parser } from 'commander';
import type { UsageMessages } from '../messages/usage.js';
import { writeJson, type CommandContext } from './context.js';
import { exitCodes } from './exit-codes.js';
import { translateUsageError, unknownCommand } from './usage-error.js';
import { meantCommands, meantOptions, strayWord } from './unknown-word.js';

/** Where a parser stood when it ended. */
export interface ParserPlace {
  readonly context: CommandContext;
  /** The command that the words led to. */
  readonly meant: Parser;
  /** The whole tree. */
  readonly tree: () => Promise<Parser>;
  readonly usage: UsageMessages;
}

/**
 * What is left to do when commander ended by an exception: help and version are written, a command group without a
 * command gets its help on standard error, and anything else is thrown on as ERR_USAGE.
 */
export async function answerParserExit(error: unknown, written: string, place: ParserPlace): Promise<number> {
  const { context, usage } = place;
  const code = error instanceof CommanderError ? error.code : undefined;
  if (code === 'commander.version') {
    if (context.json) writeJson(context, { version: written.trim() });
    else context.ports.out.write(written);
    return exitCodes.done;
  }
  if (code === 'commander.helpDisplayed' || (error instanceof CommanderError && error.exitCode === 0)) {
    if (context.json) writeJson(context, { help: written });
    else context.ports.out.write(written);
    return exitCodes.done;
  }
  if (code === 'commander.help' && !context.json) {
    context.ports.error.write(written);
    return exitCodes.usage;
  }
  const mistake = withWordNamed(error, place);
  throw translateUsageError(mistake, usage, await suggestions(mistake, place));
}

/** The word that is one too many; after what does something by itself, it was meant for one of its commands. */
function withWordNamed(error: unknown, { meant }: ParserPlace): unknown {
  if (!(error instanceof CommanderError) || error.code !== 'commander.excessArguments') return error;
  const word = strayWord(meant);
  if (word === undefined) return error;
  // Commander counts the words, and names none.
  return meant.commands.length > 0 ? unknownCommand(word) : new CommanderError(1, error.code, `too many: '${word}'`);
}

async function suggestions(error: unknown, { meant, tree }: ParserPlace): Promise<readonly string[]> {
  if (!(error instanceof CommanderError)) return [];
  const word = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  if (error.code === 'commander.unknownCommand') return meantCommands(meant, word, await tree());
  return ['commander.unknownOption', 'commander.excessArguments'].includes(error.code) ? meantOptions(meant, word) : [];
}
