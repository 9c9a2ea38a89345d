import type { ControlClient } from '../../client/client.js';
import type { CardWorkRequest } from '../../model/card-work.js';
import { cardWorkMessages } from '../../messages/card-work.js';
import { usageMessages } from '../../messages/usage.js';
import { askCardWork, type DoneCardWork } from '../../terminal/work/ask-card-work.js';
import { cardWorkFromLines } from '../certificate/card-work-from-lines.js';
import { findBackup, findCertificate } from '../../terminal/texts/find-certificate.js';
import { outcomeTexts } from '../../terminal/texts/outcome-texts.js';
import { writeMarked } from '../write-marked.js';
import { changeFailure } from '../../terminal/work/work-failure.js';
import { withClient, writeJson, type Command, type CommandContext } from '../context.js';
import { openLineDialog } from '../pin/line-dialog.js';
import { usageError } from '../usage-error.js';

/** Where the PIN comes from, and whether questions are answered already. */
export interface CardWorkSource {
  readonly pinStdin: boolean;
  readonly usePinPad: boolean;
  readonly yes: boolean;
}

/** A person on a terminal, or a script that says yes beforehand. */
export function requireAnswers({ pinStdin, yes }: CardWorkSource, context: CommandContext): void {
  if (pinStdin && !yes) throw usageError(cardWorkMessages[context.language].needsYes);
  if (!pinStdin && (context.json || !context.ports.hasTerminal())) {
    throw usageError(usageMessages[context.language].terminalNeeded);
  }
}

/** `kort certificate remove`: the certificate leaves the card, with its key or without. */
export function removeCertificate(fingerprint: string, withKey: boolean, source: CardWorkSource): Command {
  return changeCommand(source, async (client) => {
    const found = await findCertificate(client, fingerprint);
    return { work: 'remove', fingerprint: found.fingerprint, withKey };
  });
}

/** `kort certificate restore`: a removed certificate comes back beside its key. */
export function restoreCertificate(fingerprint: string, source: CardWorkSource): Command {
  return changeCommand({ ...source, yes: true }, async (client) => {
    const found = await findBackup(client, fingerprint);
    return { work: 'restore', fingerprint: found.fingerprint };
  });
}

type Change = Extract<CardWorkRequest, { work: 'remove' | 'restore' }>;

function changeCommand(source: CardWorkSource, find: (client: ControlClient) => Promise<Change>): Command {
  return async (context) => {
    requireAnswers(source, context);
    const done = await withClient(context, async (client) => {
      const request = await find(client);
      return await change(client, request, source, context);
    });
    if (context.json) writeJson(context, { work: done.begun.work, card: done.begun.card, ...done.outcome });
    else writeMarked(context, outcomeTexts(done, context));
    return 0;
  };
}

async function change(
  client: ControlClient,
  request: Change,
  source: CardWorkSource,
  context: CommandContext,
): Promise<DoneCardWork> {
  let begun = false;
  const onRun = (): void => void (begun = true);
  try {
    return source.pinStdin
      ? await fromLines(client, request, context, onRun)
      : await onTerminal(client, request, source, context, onRun);
  } catch (error) {
    throw await changeFailure(client, error, request.work, { fingerprint: request.fingerprint, begun });
  }
}

async function fromLines(
  client: ControlClient,
  request: Change,
  context: CommandContext,
  onRun: () => void,
): Promise<DoneCardWork> {
  const pin = await context.ports.readPinLine();
  try {
    return await cardWorkFromLines(client, request, pin, context, onRun);
  } finally {
    pin.wipe();
  }
}

async function onTerminal(
  client: ControlClient,
  request: Change,
  { usePinPad, yes }: CardWorkSource,
  context: CommandContext,
  onRun: () => void,
): Promise<DoneCardWork> {
  const dialog = await openLineDialog(context, client);
  try {
    return await askCardWork(client, request, dialog, context, { usePinPad, yes, onRun });
  } finally {
    dialog.close();
  }
}
