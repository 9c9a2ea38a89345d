import type { Command as Parser } from 'commander';
import type { ProgramParts } from '../program-parts.js';
import { rpAddCommand, rpCheckCommand, rpListCommand, rpRemoveCommand, rpShowCommand } from './rp.js';

/** `kort rp add|list|show|remove|check` */
export function addRpCommands(program: Parser, { help, choose }: ProgramParts): void {
  const rp = program.command('rp').description(help.commands.rp);
  rp.command('add')
    .description(help.commands.rpAdd)
    .argument('<file>', help.arguments.file)
    .action((file: string) => choose(rpAddCommand(file)));
  rp.command('list')
    .description(help.commands.rpList)
    .action(() => choose(rpListCommand));
  rp.command('show')
    .description(help.commands.rpShow)
    .argument('<client_id>', help.arguments.clientId)
    .action((clientId: string) => choose(rpShowCommand(clientId)));
  rp.command('remove')
    .description(help.commands.rpRemove)
    .argument('<client_id>', help.arguments.clientId)
    .action((clientId: string) => choose(rpRemoveCommand(clientId)));
  rp.command('check')
    .description(help.commands.rpCheck)
    .argument('<file|client_id>', help.arguments.fileOrId)
    .action((target: string) => choose(rpCheckCommand(target)));
}
