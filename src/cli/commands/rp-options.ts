import type { Command as Parser } from 'commander';
import { rpNotes } from '../../messages/help-setup.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';
import { parseName } from '../values.js';
import { rpAddCommand, rpCheckCommand, rpListCommand, rpRemoveCommand, rpShowCommand } from './rp.js';

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `kort rp add|list|show|remove|check` */
export function addRpCommands(program: Parser, parts: ProgramParts): void {
  const { help, usage, choose } = parts;
  const named = (name: string) => (text: string) => parseName(text, name, usage);
  const { names } = help;
  const rp = program.command('rp');
  rp.command('add')
    .description(help.commands.rpAdd)
    .argument(`<${names.file}>`, help.arguments.file, named(names.file))
    .action((file: string) => choose(rpAddCommand(file)));
  rp.command('list')
    .description(help.commands.rpList)
    .action(() => choose(rpListCommand));
  rp.command('show')
    .description(help.commands.rpShow)
    .argument(`<${names.clientId}>`, help.arguments.clientId, named(names.clientId))
    .action((clientId: string) => choose(rpShowCommand(clientId)));
  rp.command('remove')
    .description(help.commands.rpRemove)
    .argument(`<${names.clientId}>`, help.arguments.clientId, named(names.clientId))
    .option('--yes', help.options.yes)
    .action((clientId: string, { yes }: { yes?: true }) => choose(rpRemoveCommand(clientId, yes === true)));
  rp.command('check')
    .description(help.commands.rpCheck)
    .argument(`<${names.fileOrId}>`, help.arguments.fileOrId, named(names.fileOrId))
    .option('--live', help.options.live)
    .option(`--page <${help.names.url}>`, help.options.page, collect)
    .action((target: string, { live, page }: { live?: true; page?: readonly string[] }) =>
      choose(rpCheckCommand(target, live === undefined && page === undefined ? undefined : (page ?? []))),
    );
  addNotes(program, rpNotes, parts);
}
