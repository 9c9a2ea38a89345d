import { Command as Parser, type Help } from 'commander';
import type { HelpMessages } from '../messages/help.js';
import { addCertificateCommands } from './commands/certificate-options.js';
import { addDaemonCommands } from './commands/daemon-options.js';
import { addExpiryCommands } from './commands/expiry-options.js';
import { addLinkCommands } from './commands/link-options.js';
import { addPinCommands } from './commands/pin-options.js';
import { addPromptCommand } from './commands/prompt-options.js';
import { addRpCommands } from './commands/rp-options.js';
import { addSandboxCommands } from './commands/sandbox-options.js';
import { addSettingCommands } from './commands/setting-options.js';
import { statusCommand } from './commands/status.js';
import { traceCommand } from './commands/trace.js';
import { watchCommand } from './commands/watch.js';
import type { GlobalOptions } from './context.js';
import { isLanguage } from './globals.js';
import type { ProgramParts } from './program-parts.js';
import { usageError } from './usage-error.js';

/** Where commander writes help and version. */
export interface ProgramOutput {
  readonly write: (text: string) => void;
  readonly width: number;
}

/** The whole command tree. Parsing it calls `choose` once, or throws a CommanderError or ERR_USAGE; nothing is run. */
export function buildProgram(parts: ProgramParts, version: string, output: ProgramOutput): Parser {
  const { help, choose } = parts;
  const program = new Parser('kort');
  // These settings are inherited by every command that is added after them.
  program
    .exitOverride()
    .configureOutput({
      writeOut: output.write,
      writeErr: output.write,
      outputError: () => undefined,
      getOutHelpWidth: () => output.width,
      getErrHelpWidth: () => output.width,
    })
    .configureHelp(translateHelp(help))
    .helpOption('-h, --help', help.options.help)
    .helpCommand('help [command]', help.commands.help)
    .description(help.program)
    .version(version, '-V, --version', help.options.version)
    .option(`--lang <${help.names.language}>`, help.options.lang, (value) => checkLanguage(value, parts))
    .option(`--instance <${help.names.instance}>`, help.options.instance)
    .option('--json', help.options.json)
    .option('--no-color', help.options.noColor);
  program
    .command('status')
    .description(help.commands.status)
    .option('-w, --watch', help.options.watch)
    .action((options: { watch?: true }) => choose(statusCommand({ watch: options.watch === true })));
  addDaemonCommands(program, parts);
  addRpCommands(program, parts);
  addLinkCommands(program, parts);
  addPromptCommand(program, parts);
  addPinCommands(program, parts);
  program
    .command('watch')
    .description(help.commands.watch)
    .action(() => choose(watchCommand));
  addCertificateCommands(program, parts);
  addExpiryCommands(program, parts);
  addSettingCommands(program, parts);
  program
    .command('trace')
    .description(help.commands.trace)
    .option(`--reader <${help.names.reader}>`, help.options.traceReader)
    .action((options: { reader?: string }) => choose(traceCommand(options)));
  addSandboxCommands(program, parts);
  return program;
}

/** The global options that a parsed program holds. */
export function globalsOf(program: Parser): GlobalOptions {
  return program.opts();
}

function checkLanguage(value: string, { usage }: ProgramParts): string {
  if (isLanguage(value)) return value;
  throw usageError(`${usage.invalidValue(value, '--lang')}: ${usage.oneOf('sv, en')}`);
}

/** Commander's own words in help texts, by ours. */
function translateHelp({ headings, placeholders }: HelpMessages): Partial<Help> {
  const titles: Readonly<Record<string, string>> = {
    'Usage:': headings.usage,
    'Options:': headings.options,
    'Commands:': headings.commands,
    'Arguments:': headings.arguments,
  };
  const translate = (usage: string): string =>
    usage.replace('[options]', placeholders.options).replace('[command]', placeholders.command);
  return {
    styleTitle: (title) => titles[title] ?? title,
    styleUsage: translate,
    styleSubcommandTerm: translate,
  };
}
