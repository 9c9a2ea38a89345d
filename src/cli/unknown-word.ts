import type { Command as Parser } from 'commander';
import { similarTo } from './similar.js';
import { everyCommand, pathOf } from './tree.js';

/** The commands that somebody may have meant who typed this word after `parent`; `tree` is the whole one. */
export function meantCommands(parent: Parser, word: string, tree: Parser): readonly string[] {
  const beside = similarTo(word, [...parent.commands.map((command) => command.name()), ...helpOf(parent)]);
  if (beside.length > 0) return beside;
  // Nouns and verbs that stand elsewhere: `kort change`, `kort pin list`.
  return everyCommand(tree)
    .filter((command) => command.name() === word && pathOf(command).length > 0)
    .map((command) => `kort ${pathOf(command).join(' ')}`);
}

/** The options that somebody may have meant who typed this one; those of every command too. */
export function meantOptions(command: Parser, typed: string): readonly string[] {
  const own = command.options.flatMap(({ short, long }) => [short, long]);
  const root = pathOf(command).length === 0 ? [] : rootOf(command).options.map(({ long }) => long);
  const flags = [...own, ...root, '--help'].filter((flag) => flag !== undefined);
  const name = typed.replace(/=.*$/, '');
  const similar = similarTo(
    name.replace(/^-+/, ''),
    flags.map((flag) => flag.replace(/^-+/, '')),
  );
  return flags.filter((flag) => flag.startsWith('--') && similar.includes(flag.slice(2)));
}

/** The first word that stands where a command takes none. */
export function strayWord(noun: Parser): string | undefined {
  // A command that is carried out unless another is named has only its own; the noun has the options too.
  return [...noun.commands, noun]
    .map(({ args, registeredArguments }) => args[registeredArguments.length])
    .find(Boolean);
}

const helpOf = (parent: Parser): readonly string[] => (parent.parent === null ? ['help'] : []);

function rootOf(command: Parser): Parser {
  return command.parent === null ? command : rootOf(command.parent);
}
