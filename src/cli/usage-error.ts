import { CommanderError } from 'commander';
import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import type { UsageMessages } from '../messages/usage.js';

/** A mistake on the command line. `detail` is already in the user's language. */
export function usageError(detail: string): MiddlewareError {
  return new MiddlewareError('ERR_USAGE', 'Malformed command line', { fields: { detail } });
}

/**
 * What commander complains about, in the user's language. Its errors carry a code and an English sentence; what the
 * user wrote stands there in quotes.
 */
export function translateUsageError(
  error: unknown,
  words: UsageMessages,
  suggestions: readonly string[] = [],
): unknown {
  if (!(error instanceof CommanderError)) return error;
  const [first = '', second = ''] = [...error.message.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? '');
  const detail = sentence(error.code, first, second, words);
  return usageError(suggestions.length === 0 ? detail : `${detail} (${words.suggestion(suggestions.join(', '))})`);
}

/** A mistake on the command line with the command whose help tells how it is written; anything else as it is. */
export function withCommand(error: unknown, path: string): unknown {
  if (path === '' || !isMiddlewareError(error, 'ERR_USAGE') || error.fields['command'] !== undefined) return error;
  return new MiddlewareError(error.code, error.message, { fields: { ...error.fields, command: path }, cause: error });
}

/** As commander would complain of a word where a command belongs. */
export function unknownCommand(word: string): CommanderError {
  return new CommanderError(1, 'commander.unknownCommand', `unknown command '${word}'`);
}

function sentence(code: string, first: string, second: string, words: UsageMessages): string {
  switch (code) {
    case 'commander.unknownCommand':
      return words.unknownCommand(first);
    case 'commander.unknownOption':
      return words.unknownOption(first);
    case 'commander.missingArgument':
      return words.missingArgument(first);
    case 'commander.optionMissingArgument':
      return words.missingValue(first);
    case 'commander.missingMandatoryOptionValue':
      return words.requiredOption(first);
    case 'commander.excessArguments':
      return words.tooManyArguments;
    case 'commander.conflictingOption':
      return words.conflict(first, second);
    case 'commander.help':
      return words.commandNeeded;
    default:
      return words.other;
  }
}
