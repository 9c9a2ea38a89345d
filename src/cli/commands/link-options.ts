import type { Command as Parser } from 'commander';
import { linkNotes } from '../../messages/help-setup.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';
import { linkStatus, registerLink, unregisterLink } from './link.js';
import { openCommand } from './open.js';

/** `kort open` and `kort link register|unregister|status` */
export function addLinkCommands(program: Parser, parts: ProgramParts): void {
  const { help, choose } = parts;
  program
    .command('open')
    .argument(`<${help.names.link}>`, help.arguments.link)
    .action((text: string) => choose(openCommand(text)));
  const link = program.command('link');
  link
    .command('register')
    .description(help.commands.linkRegister)
    .action(() => choose(registerLink));
  link
    .command('unregister')
    .description(help.commands.linkUnregister)
    .action(() => choose(unregisterLink));
  link
    .command('status')
    .description(help.commands.linkStatus)
    .action(() => choose(linkStatus));
  addNotes(program, linkNotes, parts);
}
