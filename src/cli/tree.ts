import type { Command as Parser } from 'commander';

/** The command behind a word. */
export function commandNamed(parent: Parser, name: string): Parser | undefined {
  return parent.commands.find((command) => command.name() === name);
}

/** How far words lead into the tree; words that are no commands end it. */
export function commandAt(program: Parser, words: readonly string[]): Parser {
  let command = program;
  for (const word of words) {
    const next = commandNamed(command, word);
    if (next === undefined) break;
    command = next;
  }
  return command;
}

/** The words that lead to a command, without the program's name. */
export function pathOf(command: Parser): readonly string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}

/** A command and everything below it, in the order of the help. */
export function everyCommand(command: Parser): readonly Parser[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/** Whether a command does something by itself, not only those below it. */
export function isRunnable(command: Parser): boolean {
  return command.commands.length === 0 || Reflect.get(command, '_actionHandler') !== null;
}
