import type { Command as Parser } from 'commander';
import type { Command } from '../context.js';
import type { ProgramParts } from '../program-parts.js';
import { faultKinds, parseFault, parseInteger } from '../values.js';
import { startCommand, stopCommand } from './daemon.js';
import { demoCommand } from './demo.js';
import { faultCommand, sandboxCommand } from './sandbox.js';

const instanceName = 'sandbox';

interface StartFlags {
  readonly port?: number;
  readonly vpcdPort?: number;
  readonly hardwareOnly?: true;
}

/** `kort sandbox …`; meant is the instance `sandbox` unless another is named. */
export function addSandboxCommands(program: Parser, parts: ProgramParts): void {
  const sandbox = program.command('sandbox').description(parts.help.commands.sandbox);
  const choose = (command: Command): void => parts.choose(command, instanceName);
  addLifeCommands(sandbox, parts, choose);
  addHardwareCommands(sandbox, parts, choose);
}

type Choose = (command: Command) => void;

function addLifeCommands(sandbox: Parser, { help, usage }: ProgramParts, choose: Choose): void {
  const port = (name: string) => (text: string) => parseInteger(text, name, [0, 65_535], usage);
  sandbox
    .command('start')
    .description(help.commands.sandboxStart)
    .option('--port <number>', help.options.port, port('--port'))
    .option('--vpcd-port <number>', help.options.vpcdPort, port('--vpcd-port'))
    .option('--hardware-only', help.options.hardwareOnly)
    .action((flags: StartFlags) =>
      choose((context) =>
        startCommand({ ...flags, instance: context.instance ?? instanceName, sandbox: true })(context),
      ),
    );
  sandbox
    .command('stop')
    .description(help.commands.sandboxStop)
    .action(() => choose(stopCommand));
  sandbox
    .command('demo')
    .description(help.commands.sandboxDemo)
    .option('--pin-stdin', help.options.pinStdin)
    .action(({ pinStdin }: { pinStdin?: true }) => choose(demoCommand({ pinStdin: pinStdin === true })));
}

function addHardwareCommands(sandbox: Parser, { help, usage }: ProgramParts, choose: Choose): void {
  sandbox
    .command('list')
    .description(help.commands.sandboxList)
    .action(() => choose(sandboxCommand((client) => client.request('sandbox.list', {}))));
  sandbox
    .command('insert')
    .description(help.commands.sandboxInsert)
    .argument('<card>', help.arguments.card)
    .argument('[reader]', help.arguments.freeReader)
    .action((card: string, reader?: string) =>
      choose(sandboxCommand((client) => client.request('sandbox.insert', { card, reader }))),
    );
  sandbox
    .command('remove')
    .description(help.commands.sandboxRemove)
    .argument('<reader>', help.arguments.reader)
    .action((reader: string) => choose(sandboxCommand((client) => client.request('sandbox.remove', { reader }))));
  sandbox
    .command('fault')
    .description(help.commands.sandboxFault)
    .argument('<card>', help.arguments.card)
    .argument('<fault>', `${help.arguments.fault}: ${faultKinds.join(', ')}`)
    .argument('[value]', help.arguments.value)
    .option('--command <number>', help.options.command, (text) => parseInteger(text, '--command', [1, 10_000], usage))
    .action((card: string, kind: string, value: string | undefined, options: { command?: number }) =>
      choose(faultCommand(card, parseFault(kind, value, options.command ?? 1, usage))),
    );
  sandbox
    .command('add-reader')
    .description(help.commands.sandboxAddReader)
    .argument('[name]', help.arguments.readerName)
    .action((name?: string) => choose(sandboxCommand((client) => client.request('sandbox.addReader', { name }))));
  sandbox
    .command('remove-reader')
    .description(help.commands.sandboxRemoveReader)
    .argument('<reader>', help.arguments.reader)
    .action((reader: string) => choose(sandboxCommand((client) => client.request('sandbox.removeReader', { reader }))));
}
