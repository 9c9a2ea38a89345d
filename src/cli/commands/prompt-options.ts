import type { Command as Parser } from 'commander';
import { promptNotes } from '../../messages/help-cards.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';
import { usageError } from '../usage-error.js';
import { answerFromInput } from '../prompt/answer-from-input.js';
import { promptOnTerminal } from '../prompt/prompt-on-terminal.js';

interface PromptFlags {
  readonly pinStdin?: true;
  readonly once?: true;
}

/** `kort prompt` */
export function addPromptCommand(program: Parser, parts: ProgramParts): void {
  const { help, usage, choose } = parts;
  program
    .command('prompt')
    .option('--pin-stdin', help.options.pinStdin)
    .option('--once', help.options.once)
    .action(({ pinStdin, once }: PromptFlags) => {
      const options = { once: once === true };
      choose((context) => {
        if (pinStdin === true) return answerFromInput(context);
        if (context.json || !context.ports.hasTerminal()) throw usageError(usage.terminalNeeded);
        return promptOnTerminal(options)(context);
      });
    });
  addNotes(program, promptNotes, parts);
}
