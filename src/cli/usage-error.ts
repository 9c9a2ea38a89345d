import { CommanderError } from 'commander';
import { MiddlewareError } from '../core/errors.js';
import type { UsageMessages } from '../messages/usage.js';

/** A mistake on the command line. `detail` is already in the user's language. */
export function usageError(detail: string): MiddlewareError {
  return new MiddlewareError('ERR_USAGE', 'Malformed command line', { fields: { detail } });
}

/**
 * What commander complains about, in the user's language. Its errors carry a code and an English sentence; what the
 * user wrote stands there in quotes.
 */
export function translateUsageError(error: unknown, words: UsageMessages): unknown {
  if (!(error instanceof CommanderError)) return error;
  const [first = '', second = ''] = [...error.message.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? '');
  const suggestion = /\(Did you mean (?:one of )?([^?]*)\?\)/.exec(error.message)?.[1];
  const detail = sentence(error.code, first, second, words);
  return usageError(suggestion === undefined ? detail : `${detail} (${words.suggestion(suggestion)})`);
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
