import type { Command as Parser, Option } from 'commander';
import { globalOptions, ownOptions } from '../help-format.js';
import { everyCommand, pathOf } from '../tree.js';
import { valueSources, type ValueSource } from './values.js';

/** A word that can be typed, and what it is for. */
export interface Completion {
  readonly word: string;
  readonly about: string;
}

/** An option, and what may follow it; undefined when nothing does. */
export interface OptionCompletion {
  readonly flags: readonly string[];
  readonly about: string;
  readonly value: ValueSource | undefined;
}

/** What can be typed behind the words of a command. */
export interface CommandCompletions {
  /** Empty for `kort` itself. */
  readonly path: string;
  readonly commands: readonly Completion[];
  readonly options: readonly OptionCompletion[];
  /** One for each argument; the last counts for all that follow where it may be repeated. */
  readonly places: readonly ValueSource[];
  readonly repeats: boolean;
}

/** What can be typed anywhere, from the command tree. */
export function completionsOf(program: Parser): readonly CommandCompletions[] {
  return everyCommand(program).map((command) => {
    const path = pathOf(command).join(' ');
    const own = ownOptions(command).map((option) => optionOf(option, path));
    const all = globalOptions(command).map((option) => optionOf(option, ''));
    return {
      path,
      commands: command.commands.map((sub) => ({ word: sub.name(), about: sub.description() })),
      options: [...own, ...all],
      places: command.registeredArguments.map((_argument, index) => sourceOf(`${path} ${index + 1}`)),
      repeats: command.registeredArguments.at(-1)?.variadic === true,
    };
  });
}

function optionOf(option: Option, path: string): OptionCompletion {
  const { short, long, required, optional, description } = option;
  const flags = [short, long].filter((flag) => flag !== undefined);
  const takesValue = required || optional;
  return { flags, about: description, value: takesValue ? sourceOf(`${path} ${long ?? ''}`) : undefined };
}

/** Its own entry, or that of an option wherever it stands. A test asks for one of each. */
function sourceOf(key: string): ValueSource {
  return valueSources[key.trim()] ?? valueSources[key.slice(key.lastIndexOf(' ') + 1)] ?? 'anything';
}
