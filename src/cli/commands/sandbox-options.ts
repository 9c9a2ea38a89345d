import type { Command as Parser } from 'commander';
import { sandboxRevocationReasons, type SandboxRevocationReason } from '../../model/sandbox-revocation-reason.js';
import { certificateOrderKinds, type CertificateOrderKind } from '../../model/certificate-order.js';
import type { Command } from '../context.js';
import { sandboxInstance } from '../../terminal/look.js';
import { sandboxNotes } from '../../messages/help-sandbox.js';
import { addNotes } from '../notes.js';
import type { ProgramParts } from '../program-parts.js';
import {
  faultKinds,
  padKeys,
  parseFault,
  parseInteger,
  parseIssuerFault,
  parseKey,
  parseName,
  parseOrderKind,
  parseReason,
} from '../values.js';
import { startCommand, stopCommand } from './daemon.js';
import { demoCommand } from './demo.js';
import { faultCommand, sandboxCommand } from './sandbox.js';
import {
  addReaderCommand,
  insertCommand,
  pressCommand,
  removeCommand,
  removeReaderCommand,
  revokeCommand,
  unrevokeCommand,
} from './sandbox-change.js';
import { issuerCommand, orderCommand } from './sandbox-issuer.js';
import { issuerFaults, type IssuerFault } from '../../model/issuer-fault.js';

interface StartFlags {
  readonly port?: number;
  readonly vpcdPort?: number;
  readonly hardwareOnly?: true;
}

/** `kort sandbox …`; meant is the instance `sandbox` unless another is named. */
export function addSandboxCommands(program: Parser, parts: ProgramParts): void {
  const sandbox = program.command('sandbox');
  const choose = (command: Command): void => parts.choose(command, sandboxInstance);
  addLifeCommands(sandbox, parts, choose);
  addHardwareCommands(sandbox, parts, choose);
  addRevocationCommands(sandbox, parts, choose);
  addIssuerCommands(sandbox, parts, choose);
  addNotes(program, sandboxNotes, parts);
}

type Choose = (command: Command) => void;

function addLifeCommands(sandbox: Parser, { help, usage }: ProgramParts, choose: Choose): void {
  const port = (name: string) => (text: string) => parseInteger(text, name, [0, 65_535], usage);
  sandbox
    .command('start')
    .description(help.commands.sandboxStart)
    .option(`--port <${help.names.number}>`, help.options.port, port('--port'))
    .option(`--vpcd-port <${help.names.number}>`, help.options.vpcdPort, port('--vpcd-port'))
    .option('--hardware-only', help.options.hardwareOnly)
    .action((flags: StartFlags) =>
      choose((context) =>
        startCommand({ ...flags, instance: context.instance ?? sandboxInstance, sandbox: true })(context),
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
  const { names } = help;
  const named = (name: string) => (text: string) => parseName(text, name, usage);
  sandbox
    .command('list')
    .description(help.commands.sandboxList)
    .action(() => choose(sandboxCommand((client) => client.request('sandbox.list', {}))));
  sandbox
    .command('insert')
    .description(help.commands.sandboxInsert)
    .argument(`<${names.card}>`, help.arguments.card, named(names.card))
    .argument(`[${names.reader}]`, help.arguments.freeReader, named(names.reader))
    .action((card: string, reader?: string) => choose(insertCommand(card, reader)));
  sandbox
    .command('remove')
    .description(help.commands.sandboxRemove)
    .argument(`<${names.readerOrCard}>`, help.arguments.readerOrCard, named(names.readerOrCard))
    .action((reader: string) => choose(removeCommand(reader)));
  sandbox
    .command('fault')
    .description(help.commands.sandboxFault)
    .argument(`<${names.card}>`, help.arguments.card, named(names.card))
    .argument(`<${names.fault}>`, `${help.arguments.fault}: ${faultKinds.join(', ')}`)
    .argument(`[${names.value}]`, help.arguments.value)
    .option(`--command <${help.names.number}>`, help.options.command, (text) =>
      parseInteger(text, '--command', [1, 10_000], usage),
    )
    .action((card: string, kind: string, value: string | undefined, options: { command?: number }) =>
      choose(faultCommand(card, parseFault(kind, value, options.command, usage, names.fault))),
    );
  sandbox
    .command('reset')
    .description(help.commands.sandboxReset)
    .action(() => choose(sandboxCommand((client) => client.request('sandbox.reset', {}))));
  sandbox
    .command('add-reader')
    .description(help.commands.sandboxAddReader)
    .argument(`[${names.readerName}]`, help.arguments.readerName, named(names.readerName))
    .option('--pin-pad', help.options.pinPad)
    .action((name: string | undefined, { pinPad }: { pinPad?: true }) => choose(addReaderCommand(name, pinPad)));
  sandbox
    .command('press')
    .description(help.commands.sandboxPress)
    .argument(`<${names.key}...>`, `${help.arguments.key}: ${padKeys.join(', ')}`)
    .option(`--reader <${names.readerOrCard}>`, help.options.pressReader, named('--reader'))
    .action((texts: readonly string[], { reader }: { reader?: string }) => {
      const keys = texts.map((text) => parseKey(text, names.key, usage));
      choose(pressCommand(keys, reader));
    });
  sandbox
    .command('remove-reader')
    .description(help.commands.sandboxRemoveReader)
    .argument(`<${names.reader}>`, help.arguments.reader, named(names.reader))
    .action((reader: string) => choose(removeReaderCommand(reader)));
}

function addRevocationCommands(sandbox: Parser, { help, usage }: ProgramParts, choose: Choose): void {
  const { names } = help;
  const card = (text: string): string => parseName(text, names.card, usage);
  sandbox
    .command('revoke')
    .description(help.commands.sandboxRevoke)
    .argument(`<${names.card}>`, help.arguments.card, card)
    .option(
      `--reason <${names.reason}>`,
      `${help.options.revocationReason}: ${sandboxRevocationReasons.join(', ')}`,
      (text) => parseReason(text, '--reason', usage),
    )
    .action((name: string, { reason = 'unspecified' }: { reason?: SandboxRevocationReason }) =>
      choose(revokeCommand(name, reason)),
    );
  sandbox
    .command('unrevoke')
    .description(help.commands.sandboxUnrevoke)
    .argument(`<${names.card}>`, help.arguments.card, card)
    .action((name: string) => choose(unrevokeCommand(name)));
}

function addIssuerCommands(sandbox: Parser, { help, usage }: ProgramParts, choose: Choose): void {
  const { names } = help;
  sandbox
    .command('order')
    .description(help.commands.sandboxOrder)
    .argument(`<${names.card}>`, help.arguments.card, (text) => parseName(text, names.card, usage))
    .option(`--kind <${names.kind}>`, `${help.options.orderKind}: ${certificateOrderKinds.join(', ')}`, (text) =>
      parseOrderKind(text, '--kind', usage),
    )
    .action((card: string, { kind = 'extra' }: { kind?: CertificateOrderKind }) => choose(orderCommand(card, kind)));
  sandbox
    .command('issuer')
    .description(help.commands.sandboxIssuer)
    .option(`--fault <${names.fault}>`, `${help.options.issuerFault}: ${issuerFaults.join(', ')}`, (text) =>
      parseIssuerFault(text, '--fault', usage),
    )
    .action(({ fault }: { fault?: IssuerFault }) => choose(issuerCommand(fault)));
}
