import type { Command as Parser } from 'commander';
import { everyCommand, isRunnable, pathOf } from '../../src/cli/tree.js';

/** The words of every command that does something, in the order of the help. */
export function runnablePaths(tree: Parser): readonly string[] {
  return everyCommand(tree)
    .filter((command) => command !== tree && isRunnable(command))
    .map((command) => pathOf(command).join(' '));
}

/** The words of a line as a shell takes them, which has nothing but double quotes. */
export function shellWords(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
