import type { Argument, Command as Parser, Option } from 'commander';
import { globalOptions, ownOptions } from '../cli/help-format.js';
import { notesOf } from '../cli/notes.js';
import { everyCommand, isRunnable, pathOf } from '../cli/tree.js';
import type { Language } from '../messages/language.js';
import { manualMessages, type ManualMessages } from '../messages/manual.js';
import { bold, entry, italic, quotedArgument, roffText, section } from './roff.js';

/** What every page begins with. */
export interface PageFrame {
  readonly language: Language;
  readonly version: string;
}

/** The first lines of a page; `name` also stands in its title, which has no date: the same program makes the same page. */
export function pageHead(name: string, chapter: number, about: string, { language, version }: PageFrame) {
  const { headings } = manualMessages[language];
  return [
    `.TH ${quotedArgument(name.toUpperCase())} ${chapter} "" ${quotedArgument(`kort ${version}`)} "kort"`,
    ...section(headings.name, [`${roffText(name)} \\- ${roffText(about)}`]),
  ];
}

/** `kort(1)` */
export function programPage(program: Parser, frame: PageFrame): string {
  const words = manualMessages[frame.language];
  const { headings } = words;
  return page([
    ...pageHead('kort', 1, firstSentence(program.description()), frame),
    ...section(headings.synopsis, [
      `${bold('kort')} [${italic(headings.options.toLowerCase())}] ${italic(words.command)}`,
    ]),
    ...section(headings.description, [roffText(program.description())]),
    ...section(
      headings.commands,
      program.commands.flatMap((command) =>
        entry(bold(command.name()), `${command.description()} (${words.moreIn(`${pageName(command)}(1)`)})`),
      ),
    ),
    ...section(headings.options, globalOptions(program).flatMap(optionLines)),
    ...everywhere(words),
    ...section(headings.seeAlso, [
      [...program.commands.map((command) => `${bold(pageName(command))}(1)`), `${bold('kortd')}(8)`].join(',\n'),
    ]),
  ]);
}

/** `kort-NOUN(1)`: the command and everything below it. */
export function commandPage(command: Parser, frame: PageFrame): string {
  const { headings } = manualMessages[frame.language];
  const { language } = frame;
  const all = everyCommand(command).filter(isRunnable);
  return page([
    ...pageHead(pageName(command), 1, command.description(), frame),
    ...section(
      headings.synopsis,
      all.flatMap((one, index) => [...(index === 0 ? [] : ['.br']), synopsis(one, headings)]),
    ),
    ...section(headings.description, [
      sentence(command.description()),
      ...(all.length === 1 ? longer(command, language) : []),
    ]),
    ...(all.length === 1
      ? ownSections(command, frame)
      : section(
          headings.commands,
          all.flatMap((one) => subCommandLines(one, language)),
        )),
    ...section(headings.globalOptions, globalOptions(command).flatMap(optionLines)),
    ...section(
      headings.examples,
      all.flatMap((one) => exampleLines(one, language)),
    ),
    ...section(headings.seeAlso, [`${bold('kort')}(1),\n${bold('kortd')}(8)`]),
  ]);
}

/** `kortd(8)` */
export function daemonPage(frame: PageFrame): string {
  const words = manualMessages[frame.language];
  return page([
    ...pageHead('kortd', 8, words.daemonSummary, frame),
    ...section(words.headings.synopsis, [`${bold('kort daemon start')} [${bold('--port')} ${italic('N')}]`]),
    ...section(words.headings.description, [roffText(words.daemonText)]),
    ...fileSection(words),
    ...section(words.headings.seeAlso, [`${bold('kort')}(1),\n${bold('kort-daemon')}(1)`]),
  ]);
}

/** Name of the page about a command of the first level. */
export const pageName = (command: Parser): string => `kort-${command.name()}`;

const page = (lines: readonly string[]): string => `${lines.join('\n')}\n`;

const firstSentence = (text: string): string => text.replace(/[.:].*$/, '').toLowerCase();

const sentence = (text: string): string => `${roffText(text.charAt(0).toUpperCase() + text.slice(1))}.`;

function ownSections(command: Parser, { language }: PageFrame): readonly string[] {
  const { headings } = manualMessages[language];
  return [
    ...section(headings.arguments, argumentLines(command)),
    ...section(headings.options, ownOptions(command).flatMap(optionLines)),
  ];
}

function subCommandLines(command: Parser, language: Language): readonly string[] {
  const details = [...argumentLines(command), ...ownOptions(command).flatMap(optionLines)];
  return [
    `.SS ${quotedArgument(['kort', ...pathOf(command)].join(' '))}`,
    sentence(command.description()),
    ...longer(command, language),
    ...details,
  ];
}

function longer(command: Parser, language: Language): readonly string[] {
  const more = notesOf(command)?.more;
  return more === undefined ? [] : ['.PP', roffText(more[language])];
}

const argumentLines = (command: Parser): readonly string[] =>
  command.registeredArguments.flatMap((argument) => entry(italic(argument.name()), argument.description));

function optionLines(option: Option): readonly string[] {
  const [, flags = option.flags, value] = /^(.*?)(?: [<[](.*)[>\]])?$/.exec(option.flags) ?? [];
  const names = flags.split(', ').map(bold).join(', ');
  const filled = value === undefined ? '' : option.optional ? ` [${italic(value)}]` : ` ${italic(value)}`;
  return entry(`${names}${filled}`, option.description);
}

function synopsis(command: Parser, headings: ManualMessages['headings']): string {
  const options = ownOptions(command).length === 0 ? [] : [`[${italic(headings.options.toLowerCase())}]`];
  const given = command.registeredArguments.map(argumentText);
  return [bold(['kort', ...pathOf(command)].join(' ')), ...options, ...given].join(' ');
}

function argumentText(argument: Argument): string {
  const name = `${italic(argument.name())}${argument.variadic ? '...' : ''}`;
  return argument.required ? name : `[${name}]`;
}

function exampleLines(command: Parser, language: Language): readonly string[] {
  return (notesOf(command)?.examples ?? []).flatMap((example) => entry(bold(example.line), example[language]));
}

function everywhere(words: ManualMessages): readonly string[] {
  const { headings } = words;
  return [
    ...section(
      headings.exitStatus,
      Object.entries(words.exitStatus).flatMap(([status, about]) => entry(bold(status), about)),
    ),
    ...section(
      headings.environment,
      Object.entries(words.environment).flatMap(([name, about]) => entry(bold(name), about)),
    ),
    ...fileSection(words),
  ];
}

function fileSection({ headings, files }: ManualMessages): readonly string[] {
  return section(headings.files, [
    ...entry(italic('~/.config/kort'), files.config),
    ...entry(italic('~/.local/state/kort'), files.state),
    ...entry(italic('$XDG_RUNTIME_DIR/kort'), files.runtime),
  ]);
}
