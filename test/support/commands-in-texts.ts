import type { Command as Parser } from 'commander';
import type { Language } from '../../src/messages/language.js';
import { commandAt, pathOf } from '../../src/cli/tree.js';
import { buildWholeTree } from '../../src/cli/whole-tree.js';

const quoted: Readonly<Record<Language, RegExp>> = { sv: /”kort(?: ([^”]*))?”/g, en: /"kort(?: ([^"]*))?"/g };

const trees: Partial<Record<Language, Promise<Parser>>> = {};

/** What is wrong with the commands that a text tells its reader to type. */
export async function wrongCommands(text: string, language: Language): Promise<readonly string[]> {
  const program = await (trees[language] ??= buildWholeTree(language));
  return [...text.matchAll(quoted[language])].flatMap(([whole, line = '']) => {
    const problem = problemOf(line.split(' ').filter(Boolean), program);
    return problem === undefined ? [] : [`${whole}: ${problem}`];
  });
}

function problemOf(words: readonly string[], program: Parser): string | undefined {
  if (words[0] === 'help') return problemOf(words.slice(1), program);
  const command = commandAt(program, words);
  const rest = words.slice(pathOf(command).length);
  const unknown = rest.find((word) => word.startsWith('-') && !takes(command, word) && !takes(program, word));
  if (unknown !== undefined) return `no option ${unknown}`;
  // What follows a command is its option, the value of one, or a placeholder in capitals.
  const strays = rest.filter((word, index) => /^[a-zåäö]/.test(word) && rest[index - 1]?.startsWith('--') !== true);
  return strays.length > command.registeredArguments.length ? `no command ${strays.join(' ')}` : undefined;
}

const takes = (command: Parser, word: string): boolean =>
  command.options.some(({ long, short }) => word === long || word === short);
