import { Help, type Argument, type Command as Parser, type Option } from 'commander';
import type { TopHelp } from '../messages/help-top.js';

/** How help is written: our words for commander's, and the options of every command apart from a command's own. */
export function helpFormat({ headings, placeholders }: TopHelp): Partial<Help> {
  const usual = new Help();
  const titles: Readonly<Record<string, string>> = {
    'Usage:': headings.usage,
    'Options:': headings.options,
    'Commands:': headings.commands,
    'Arguments:': headings.arguments,
    'Global Options:': headings.globalOptions,
  };
  const translate = (usage: string): string =>
    usage.replace('[options]', placeholders.options).replace('[command]', placeholders.command);
  const isHelp = ({ long }: Option): boolean => long === '--help';
  return {
    showGlobalOptions: true,
    styleTitle: (title) => titles[title] ?? title,
    styleUsage: translate,
    subcommandTerm: (command) => [command.name(), ...(isTop(command) ? [] : argumentsOf(command))].join(' '),
    visibleOptions: (command) => {
      const all = usual.visibleOptions(command);
      return command.parent === null ? all : all.filter((option) => !isHelp(option));
    },
    visibleGlobalOptions: (command) =>
      command.parent === null ? [] : [...globalOptionsOf(command), ...usual.visibleOptions(command).filter(isHelp)],
  };
}

/** Of every command; the version is asked of the program alone. */
function globalOptionsOf(command: Parser): Option[] {
  let root = command;
  while (root.parent !== null) root = root.parent;
  return root.options.filter(({ long }) => long !== '--version');
}

/** Among the first words the list is for choosing, and only says what each is for. */
const isTop = (command: Parser): boolean => command.parent?.parent === null;

const argumentsOf = (command: Parser): readonly string[] => command.registeredArguments.map(bracketed);

/** As it is written in the usage of a command. */
export function bracketed(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}
