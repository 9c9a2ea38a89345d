import type { Command as Parser } from 'commander';
import { daemonNotes } from '../../messages/help-setup.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';
import { parseInteger } from '../values.js';
import { daemonStatusCommand, startCommand, stopCommand } from './daemon.js';

/** `kort daemon start|stop|status` */
export function addDaemonCommands(program: Parser, parts: ProgramParts): void {
  const { help, usage, choose } = parts;
  const daemon = program.command('daemon');
  daemon
    .command('start')
    .description(help.commands.daemonStart)
    .option(`--port <${help.names.number}>`, help.options.port, (text) =>
      parseInteger(text, '--port', [0, 65_535], usage),
    )
    .action(({ port }: { port?: number }) =>
      choose((context) => startCommand({ instance: context.instance ?? 'default', port })(context)),
    );
  daemon
    .command('stop')
    .description(help.commands.daemonStop)
    .action(() => choose(stopCommand));
  daemon
    .command('status')
    .description(help.commands.daemonStatus)
    .action(() => choose(daemonStatusCommand));
  addNotes(program, daemonNotes, parts);
}
