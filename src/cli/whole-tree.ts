import type { Command as Parser } from 'commander';
import { helpMessages } from '../messages/help.js';
import { topHelp } from '../messages/help-top.js';
import type { Language } from '../messages/language.js';
import { usageMessages } from '../messages/usage.js';
import { commandGroups } from './command-groups.js';
import type { ProgramParts } from './program-parts.js';
import { addGroups, createProgram } from './program.js';

/** How a tree is built that is looked at: completion, manual pages and documentation are made from it. */
export interface TreeOptions {
  readonly version?: string;
  /** Of its help. */
  readonly width?: number;
  readonly write?: (text: string) => void;
  readonly choose?: ProgramParts['choose'];
}

/** Every command of `kort`, with its help in a language. */
export async function buildWholeTree(language: Language, options: TreeOptions = {}): Promise<Parser> {
  const { version = '', width = 80, write = () => undefined, choose = () => undefined } = options;
  const top = topHelp[language];
  const usage = usageMessages[language];
  const program = createProgram({ top, usage, version, output: { write, width } });
  const wholeTree = async (): Promise<Parser> => await buildWholeTree(language);
  await addGroups(program, commandGroups, { language, help: helpMessages[language], usage, choose, wholeTree }, top);
  return program;
}
