import { CommanderError } from 'commander';
import type { UsageMessages } from '../messages/usage.js';
import { writeJson, type CommandContext } from './context.js';
import { exitCodes } from './exit-codes.js';
import { translateUsageError } from './usage-error.js';

/**
 * What is left to do when commander ended by an exception: help and version are written, a command group without a
 * command gets its help on standard error, and anything else is thrown on as ERR_USAGE.
 */
export function answerParserExit(
  error: unknown,
  written: string,
  context: CommandContext,
  words: UsageMessages,
): number {
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
  throw translateUsageError(error, words);
}
