import { Help, type Argument, type Command as Parser, type Option } from 'commander';
import type { TopHelp } from '../messages/help-top.js';

const usual = new Help();

/**
 * How help is written: what it is for, the commands or what one takes, and the options of every command last; our words
 * for commander's.
 */
export function helpFormat(top: TopHelp): Partial<Help> {
  const { placeholders } = top;
  return {
    styleUsage: (usage) => usage.replace('[options]', placeholders.options).replace('[command]', placeholders.command),
    subcommandTerm: (command) => [command.name(), ...(isTop(command) ? [] : argumentsOf(command))].join(' '),
    visibleCommands: (command) => [...command.commands],
    visibleOptions: (command) => ownOptions(command),
    visibleGlobalOptions: (command) => [...globalOptions(command)],
    showGlobalOptions: true,
    formatHelp: (command, help) => [...rows(command, help, top)].join('\n'),
  };
}

function* rows(command: Parser, help: Help, { headings }: TopHelp): Generator<string> {
  yield `${headings.usage} ${help.styleUsage(help.commandUsage(command))}`;
  yield '';
  yield help.boxWrap(help.commandDescription(command), help.helpWidth ?? 80);
  const width = help.padWidth(command, help);
  const item = (term: string, description: string): string => help.formatItem(term, width, description, help);
  const options = (some: readonly Option[]): readonly string[] =>
    some.map((option) => item(help.optionTerm(option), help.optionDescription(option)));
  let heading: string | undefined;
  for (const sub of help.visibleCommands(command)) {
    const its = sub.helpGroup() === '' ? headings.commands : sub.helpGroup();
    if (its !== heading) yield* ['', its];
    heading = its;
    yield item(help.subcommandTerm(sub), help.subcommandDescription(sub));
  }
  const words = help.visibleArguments(command);
  yield* section(
    headings.arguments,
    words.map((argument) => item(help.argumentTerm(argument), help.argumentDescription(argument))),
  );
  yield* section(headings.options, options(help.visibleOptions(command)));
  yield* section(command.parent === null ? headings.options : headings.globalOptions, options(globalOptions(command)));
  yield '';
}

function* section(heading: string, items: readonly string[]): Generator<string> {
  if (items.length > 0) yield* ['', heading, ...items];
}

/** Those of a command alone. */
export function ownOptions(command: Parser): Option[] {
  return command.parent === null ? [] : usual.visibleOptions(command).filter(({ long }) => long !== '--help');
}

/** Those of every command; the version is asked of the program alone. */
export function globalOptions(command: Parser): readonly Option[] {
  let root = command;
  while (root.parent !== null) root = root.parent;
  return usual.visibleOptions(root).filter(({ long }) => command.parent === null || long !== '--version');
}

/** Among the first words the list is for choosing, and only says what each is for. */
const isTop = (command: Parser): boolean => command.parent?.parent === null;

const argumentsOf = (command: Parser): readonly string[] => command.registeredArguments.map(bracketed);

/** As it is written in the usage of a command. */
export function bracketed(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}
