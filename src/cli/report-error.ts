import { commandMessages } from '../messages/commands.js';
import { failureOf, failureText } from '../terminal/texts/failure-text.js';
import { writeJson, type CommandContext } from './context.js';
import { writeErrorLines } from './write-marked.js';
import { exitCodeOfError } from './exit-codes.js';

/** Tells the user about a failure, in sentences or as JSON, and gives its exit status. */
export async function reportError(context: CommandContext, error: unknown): Promise<number> {
  const { ports, language, instance } = context;
  const failure = failureOf(error, context);
  const { code, fields } = failure;
  const log = code === 'ERR_INTERNAL' ? await ports.logPath(instance ?? 'default') : undefined;
  const { sentence, nextStep } = failureText(failure, context, log);
  if (context.json) writeJson(context, { error: { code, message: sentence, nextStep, fields } });
  else {
    const words = commandMessages[language];
    writeErrorLines(context, [`${words.error}: ${sentence}`, `${words.nextStep}: ${nextStep}`, `(${code})`]);
  }
  return exitCodeOfError(code, fields);
}
