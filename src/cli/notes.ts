import type { Command as Parser } from 'commander';
import type { CommandNotes, HelpNotes } from '../messages/help-notes.js';
import { topHelp } from '../messages/help-top.js';
import type { Language } from '../messages/language.js';
import { commandNamed } from './tree.js';

const known = new WeakMap<Parser, CommandNotes>();

/** What the help of a command says below its options. */
export function notesOf(command: Parser): CommandNotes | undefined {
  return known.get(command);
}

/** Gives commands of the tree their examples; a path that is not there is a mistake in the program. */
export function addNotes(program: Parser, notes: HelpNotes, { language }: { readonly language: Language }): void {
  for (const [path, one] of Object.entries(notes)) {
    const command = path.split(' ').reduce<Parser | undefined>((at, word) => at && commandNamed(at, word), program);
    if (command === undefined) throw new TypeError(`No command ${path}`);
    known.set(command, one);
    command.addHelpText('after', () => notesText(one, command, language));
  }
}

function notesText({ more, examples }: CommandNotes, command: Parser, language: Language): string {
  const width = command.configureOutput().getOutHelpWidth?.() ?? 80;
  const help = command.createHelp();
  const longer = more === undefined ? [] : ['', help.boxWrap(more[language], width)];
  const lines = examples.flatMap((example) => [
    `  ${example.line}`,
    ...help
      .boxWrap(example[language], width - 6)
      .split('\n')
      .map((row) => `      ${row}`),
  ]);
  return [...longer, '', topHelp[language].headings.examples, ...lines].join('\n');
}
