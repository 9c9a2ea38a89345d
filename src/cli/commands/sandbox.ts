import type { ControlClient } from '../../client/client.js';
import type { SandboxFault, SandboxReport } from '../../control-contract/sandbox.js';
import { commandMessages } from '../../messages/commands.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import type { SandboxCodes } from '../ports.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import { faultWords } from '../values.js';
import { issuerLines } from './sandbox-issuer.js';

/** `kort sandbox list`, and `kort sandbox reset`, after which all of it is another. */
export function sandboxCommand(work: (client: ControlClient) => Promise<SandboxReport>): Command {
  return async (context) => {
    const report = await withClient(context, work);
    const codes = await context.ports.sandboxCodes();
    if (context.json) writeJson(context, { ...report, ...codes });
    else writeLines(context, reportLines(report, codes, context));
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
  { readers, cards, pcscSocket, caFile, revocationUrl, issuer }: SandboxReport,
  { pin, signaturePin, puk }: SandboxCodes,
  { language }: CommandContext,
): readonly string[] {
  const words = commandMessages[language];
  const lines = [
    `${words.sandboxReaders}:`,
    ...readers.map(({ name, card, pinPad, faults = [] }) => {
      const armed = faults.length === 0 ? '' : ` (${words.sandboxFaults(faults.map(faultWords).join(', '))})`;
      const keypad = pinPad === undefined ? '' : ` (${words.sandboxPinPad[pinPad.asksFor ?? 'nothing']})`;
      return `  ${name}: ${card ?? words.sandboxEmpty}${keypad}${armed}`;
    }),
    `${words.sandboxCards}:`,
    ...cards.map(({ id, label, holder, reader, revoked }) => {
      const state = revoked === undefined ? '' : ` (${words.sandboxRevoked(revoked.reason)})`;
      return `  ${id}: ${label}, ${holder} (${reader ?? words.sandboxNotInserted})${state}`;
    }),
    words.sandboxCodes(pin, puk, signaturePin),
    ...(pcscSocket === undefined ? [] : [words.sandboxSocket(pcscSocket)]),
    ...(caFile === undefined ? [] : [words.sandboxCa(caFile)]),
    ...(revocationUrl === undefined ? [] : [words.sandboxRevocation(revocationUrl)]),
    ...issuerLines(issuer, words),
  ];
  return lines.map(screenText);
}
