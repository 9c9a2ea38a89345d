import { languageOf, resolveLanguage, settledLanguage, type Language } from '../messages/language.js';
import { inForce } from '../model/setting.js';
import type { GlobalOptions } from './context.js';
import type { CliPorts } from './ports.js';

/** A command line, its global options taken out. */
export interface SplitCommandLine {
  readonly options: GlobalOptions;
  readonly rest: readonly string[];
}

/**
 * Takes the global options out of a command line, wherever they stand. What is not well-formed is left in `rest`, for
 * the full parser to complain about: this one settles the language of that complaint, and saves `kort status` the time
 * that loading the full parser takes.
 */
export function splitGlobals(argv: readonly string[]): SplitCommandLine {
  let lang: string | undefined;
  let instance: string | undefined;
  let json = false;
  let color = true;
  const rest: string[] = [];
  const end = argv.indexOf('--');
  const count = end < 0 ? argv.length : end;
  for (let index = 0; index < count; index += 1) {
    const argument = argv[index] ?? '';
    const [name, attached] = splitAtEquals(argument);
    const value = attached ?? argv[index + 1];
    const takesValue = name === '--lang' || name === '--instance';
    if (argument === '--json') json = true;
    else if (argument === '--no-color') color = false;
    else if (takesValue && value !== undefined && isValue(name, value)) {
      if (name === '--lang') lang = value;
      else instance = value;
      if (attached === undefined) index += 1;
    } else rest.push(argument);
  }
  return { options: { lang, instance, json, color }, rest: [...rest, ...argv.slice(count)] };
}

/** The language that a command line, the environment and the settings ask for. */
export function languageFor({ lang }: GlobalOptions, { env, settings }: CliPorts): Language {
  const named = settledLanguage({ flag: lang, env });
  return named ?? resolveLanguage({ env, setting: inForce(settings.files()).language });
}

/** Whether `--lang` may be this: a language that we have, by its short name. */
export function isLanguage(value: string): value is Language {
  return value === languageOf(value);
}

function isValue(name: string, value: string): boolean {
  return name === '--lang' ? isLanguage(value) : !value.startsWith('-');
}

function splitAtEquals(argument: string): readonly [string, string | undefined] {
  const at = argument.indexOf('=');
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)];
}
