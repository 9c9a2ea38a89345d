import { errorText } from '../messages/error-text.js';
import { commandMessages } from '../messages/commands.js';
import { isMiddlewareError, type ErrorFields } from '../core/errors.js';
import { writeJson, type CommandContext } from './context.js';
import { exitCodeOfError } from './exit-codes.js';
import { screenText } from './screen-text.js';

/** Tells the user about a failure, in sentences or as JSON, and gives its exit status. */
export function reportError(context: CommandContext, error: unknown): number {
  const { code, fields } = describe(error);
  const { sentence, nextStep } = errorText(context.language, code, fields);
  if (context.json) writeJson(context, { error: { code, message: sentence, nextStep, fields } });
  else {
    const words = commandMessages[context.language];
    context.ports.error.write(
      screenLines([`${words.error}: ${sentence}`, `${words.nextStep}: ${nextStep}`, `(${code})`]),
    );
  }
  return exitCodeOfError(code);
}

function describe(error: unknown): { code: string; fields: ErrorFields } {
  return isMiddlewareError(error)
    ? { code: error.code, fields: error.fields }
    : { code: 'ERR_INTERNAL', fields: { detail: error instanceof Error ? error.message : undefined } };
}

function screenLines(lines: readonly string[]): string {
  return lines.map((line) => `${screenText(line)}\n`).join('');
}
