import { phraseMessages } from '../../messages/phrase.js';
import { cleanPhrase, isPhrase, maxPhraseLength } from '../../model/phrase.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { usageError } from '../usage-error.js';

/** `kort phrase set`: the phrase is asked for, never an argument, which other users of the machine could read. */
export function phraseSetCommand(stdin: boolean): Command {
  return async (context) => {
    const words = phraseMessages[context.language];
    const { ports } = context;
    if (!stdin && (context.json || !ports.hasTerminal())) throw usageError(words.terminalNeeded);
    if (!stdin) writeLines(context, [words.about]);
    const phrase = cleanPhrase((await ports.readLine(stdin ? undefined : words.question)) ?? '');
    if (phrase === undefined) throw usageError(words.empty);
    if (!isPhrase(phrase)) throw usageError(words.tooLong(maxPhraseLength));
    await withClient(context, (client) => client.request('phrase.set', { phrase }));
    if (context.json) writeJson(context, { phrase });
    else writeLines(context, [screenText(words.set(phrase))]);
    return exitCodes.done;
  };
}

/** `kort phrase show` */
export async function phraseShowCommand(context: CommandContext): Promise<number> {
  const { phrase } = await withClient(context, (client) => client.request('phrase.get', {}));
  const words = phraseMessages[context.language];
  if (context.json) writeJson(context, { phrase: phrase ?? null });
  else writeLines(context, [screenText(phrase === undefined ? words.none : words.shown(phrase))]);
  return exitCodes.done;
}

/** `kort phrase remove` */
export async function phraseRemoveCommand(context: CommandContext): Promise<number> {
  await withClient(context, (client) => client.request('phrase.set', {}));
  if (context.json) writeJson(context, { phrase: null });
  else writeLines(context, [phraseMessages[context.language].removed]);
  return exitCodes.done;
}
