import type { ControlClient } from '../../client/client.js';
import type { SandboxFault, SandboxReport } from '../../control-contract/sandbox.js';
import { commandMessages } from '../../messages/commands.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import { screenText } from '../screen-text.js';

/** `kort sandbox list`, and every command that answers with what the sandbox has become. */
export function sandboxCommand(work: (client: ControlClient) => Promise<SandboxReport>): Command {
  return async (context) => {
    const report = await withClient(context, work);
    if (context.json) writeJson(context, report);
    else writeLines(context, reportLines(report, context));
    return 0;
  };
}

/** `kort sandbox fault CARD KIND` */
export function faultCommand(card: string, fault: SandboxFault): Command {
  return async (context) => {
    const words = commandMessages[context.language];
    await withClient(context, (client) => client.request('sandbox.fault', { card, fault }));
    if (context.json) writeJson(context, { card, fault });
    else writeLines(context, [screenText(fault.kind === 'none' ? words.faultCleared(card) : words.faultArmed(card))]);
    return 0;
  };
}

function reportLines(
  { readers, cards, pcscSocket, caFile }: SandboxReport,
  { language }: CommandContext,
): readonly string[] {
  const words = commandMessages[language];
  const lines = [
    `${words.sandboxReaders}:`,
    ...readers.map(({ name, card }) => `  ${name}: ${card ?? words.sandboxEmpty}`),
    `${words.sandboxCards}:`,
    ...cards.map(
      ({ id, label, holder, reader }) => `  ${id}: ${label}, ${holder} (${reader ?? words.sandboxNotInserted})`,
    ),
    ...(pcscSocket === undefined ? [] : [words.sandboxSocket(pcscSocket)]),
    ...(caFile === undefined ? [] : [words.sandboxCa(caFile)]),
  ];
  return lines.map(screenText);
}
