import { Command as Parser } from 'commander';
import type { TopHelp } from '../messages/help-top.js';
import type { UsageMessages } from '../messages/usage.js';
import { commandGroups, type CommandGroup } from './command-groups.js';
import type { GlobalOptions } from './context.js';
import { isLanguage } from './globals.js';
import { helpFormat } from './help-format.js';
import type { ProgramParts } from './program-parts.js';
import { commandNamed } from './tree.js';
import { usageError } from './usage-error.js';

/** Where commander writes help and version. */
export interface ProgramOutput {
  readonly write: (text: string) => void;
  readonly width: number;
}

/** What the root of the tree is built with. */
export interface ProgramFrame {
  readonly top: TopHelp;
  readonly usage: UsageMessages;
  readonly version: string;
  readonly output: ProgramOutput;
}

/**
 * The root of the command tree, with the options of every command. Parsing throws a CommanderError or ERR_USAGE, or
 * calls what stands for a command; nothing is run.
 */
export function createProgram({ top, usage, version, output }: ProgramFrame): Parser {
  const program = new Parser('kort');
  const { names, options } = top;
  // These settings are inherited by every command that is added after them.
  return program
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: output.write,
      writeErr: output.write,
      outputError: () => undefined,
      getOutHelpWidth: () => output.width,
      getErrHelpWidth: () => output.width,
    })
    .configureHelp(helpFormat(top))
    .helpOption('-h, --help', options.help)
    .helpCommand('help [command...]', top.commands.help)
    .description(top.program)
    .version(version, '-V, --version', options.version)
    .option(`--lang <${names.language}>`, options.lang, (value) => checkLanguage(value, usage))
    .option(`--instance <${names.instance}>`, options.instance)
    .option('--json', options.json)
    .option('--no-color', options.noColor);
}

/** Adds the first words of all commands, with nothing behind them; `meant` is called for the group of the one named. */
export function addOutlines(program: Parser, top: TopHelp, meant: (group: CommandGroup) => void): void {
  for (const group of commandGroups) {
    program.commandsGroup(top.headings[group.section]);
    for (const name of group.names) {
      program
        .command(name)
        .description(top.commands[name])
        .helpOption(false)
        .allowUnknownOption()
        .allowExcessArguments()
        .action(() => meant(group));
    }
  }
  program.addHelpText('after', `\n${top.howToGoOn}`);
}

/** Adds these groups in full. */
export async function addGroups(
  program: Parser,
  groups: readonly CommandGroup[],
  parts: ProgramParts,
  top: TopHelp,
): Promise<void> {
  for (const { section, names, load } of groups) {
    program.commandsGroup(top.headings[section]);
    const add = await load();
    add(program, parts);
    for (const name of names) commandNamed(program, name)?.description(top.commands[name]);
  }
}

/** The global options that a parsed program holds. */
export function globalsOf(program: Parser): GlobalOptions {
  return program.opts();
}

function checkLanguage(value: string, usage: UsageMessages): string {
  if (isLanguage(value)) return value;
  throw usageError(`${usage.invalidValue(value, '--lang')}: ${usage.oneOf('sv, en')}`);
}
