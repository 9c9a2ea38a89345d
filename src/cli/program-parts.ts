import type { Command as Parser } from 'commander';
import type { HelpMessages } from '../messages/help.js';
import type { Language } from '../messages/language.js';
import type { UsageMessages } from '../messages/usage.js';
import type { Command } from './context.js';

/** What the parts of the command tree are built with. */
export interface ProgramParts {
  readonly language: Language;
  readonly help: HelpMessages;
  readonly usage: UsageMessages;
  /** Called by the one command that the command line names; `defaultInstance` is used unless one was named. */
  readonly choose: (command: Command, defaultInstance?: string) => void;
  /** Every command there is, built in full in the same language: for the one that writes them down. */
  readonly wholeTree: () => Promise<Parser>;
}
