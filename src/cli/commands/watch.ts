import type { ControlClient } from '../../client/client.js';
import type { CardEventSnapshot } from '../../control-contract/card-events.js';
import type { TimedCardEvent } from '../../model/card-event.js';
import type { ExpiryWarning } from '../../model/expiry.js';
import { eventLine, snapshotLines } from '../../terminal/texts/event-lines.js';
import { withClient, writeJson, writeLines, type CommandContext } from '../context.js';
import { labelledText, rowsOf } from '../../terminal/layout/screen-block.js';
import { untilAborted } from '../until-aborted.js';

/** `kort watch`: what happens to readers, cards and PINs until it is ended; JSON lines unless a person reads them. */
export async function watchCommand(context: CommandContext): Promise<number> {
  const { ports } = context;
  const lines = { ...context, json: context.json || !ports.out.isTerminal };
  const interrupted = await ports.interrupted();
  await withClient(context, (client) => follow(client, lines, interrupted)).catch((error: unknown) => {
    // Whoever stops listening, or ends the program, gets what it wanted.
    if (!interrupted.aborted) throw error;
  });
  return 0;
}

async function follow(client: ControlClient, context: CommandContext, interrupted: AbortSignal): Promise<void> {
  /** Events that come before the snapshot that they follow. */
  let early: TimedCardEvent[] | undefined = [];
  const failed = new Promise<never>((_resolve, reject) => {
    const subscribe = async (): Promise<void> => {
      early = [];
      const snapshot = await client.request('events.subscribe', {});
      writeSnapshot(snapshot, context);
      const held = early;
      early = undefined;
      for (const event of held) writeEvent(event, context);
    };
    client.on('card.event', (event) => {
      if (early === undefined) writeEvent(event, context);
      else early.push(event);
    });
    client.on('events.dropped', () => {
      if (context.json) writeJson(context, { event: 'dropped' });
      subscribe().catch(reject);
    });
    client.on('expiry.warning', (warning) => void tellOfEnd(client, warning, context).catch(reject));
    void client.closed.then(() => client.request('daemon.status', {})).catch(reject);
    subscribe().catch(reject);
  });
  await Promise.race([failed, untilAborted(interrupted)]);
}

function writeSnapshot(snapshot: CardEventSnapshot, context: CommandContext): void {
  if (context.json) writeJson(context, { event: 'snapshot', ...snapshot });
  else writeRows(context, snapshotLines(snapshot, context.language));
}

function writeEvent(event: TimedCardEvent, context: CommandContext): void {
  const { time, kind, ...facts } = event;
  if (context.json) writeJson(context, { event: kind, time, ...facts });
  else writeRows(context, [eventLine(event, context.language)]);
}

/** On a terminal a person has been told by this; what a program reads nobody may have. */
async function tellOfEnd(client: ControlClient, warning: ExpiryWarning, context: CommandContext): Promise<void> {
  if (context.json) {
    writeJson(context, { event: 'expiry-warning', ...warning });
    return;
  }
  const { expiryWarningLine } = await import('../../terminal/texts/expiry-lines.js');
  writeRows(context, [expiryWarningLine(warning, new Date().toISOString(), context.language)]);
  await client.request('expiry.shown', { ids: [warning.finding.id] });
}

/** Names of readers and cards are from outside: none of their rows looks like one of ours. */
function writeRows(context: CommandContext, lines: readonly string[]): void {
  const { columns } = context.ports.out;
  writeLines(
    context,
    lines.flatMap((line) => rowsOf(labelledText('kept', '', line), columns)),
  );
}
