import type { ControlClient } from '../../client/client.js';
import type { StatusReport } from '../../control-contract/status.js';
import type { ExpiryReport } from '../../model/expiry.js';
import { isMiddlewareError } from '../../core/errors.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import { daemonLines, statusLines } from '../../terminal/texts/status-lines.js';
import { untilAborted } from '../until-aborted.js';

/** `kort status` and `kort status --watch`. */
export function statusCommand(options: { readonly watch: boolean }): Command {
  return (context) =>
    withClient(context, async (client) => {
      const changes = options.watch ? changesOf(client) : undefined;
      const report = await client.request('status.get', {}).catch(noStatus);
      if (report === undefined) await writeHardwareOnly(context, client);
      else {
        const show =
          changes === undefined ? (lines: readonly string[]) => writeLines(context, lines) : inPlace(context);
        await write(context, client, report, show);
        if (changes !== undefined) await follow(context, client, changes, show);
      }
      return 0;
    });
}

/** A daemon that was started with --hardware-only knows no tokens, and has nothing that could change. */
function noStatus(error: unknown): undefined {
  if (!isMiddlewareError(error, 'ERR_IPC_METHOD_NOT_FOUND')) throw error;
}

async function writeHardwareOnly(context: CommandContext, client: ControlClient): Promise<void> {
  const daemon = await client.request('daemon.status', {});
  if (context.json) writeJson(context, { daemon, hardwareOnly: true, readers: [] });
  else writeLines(context, daemonLines(daemon, context));
}

async function write(context: CommandContext, client: ControlClient, report: StatusReport, show: Show): Promise<void> {
  if (context.json) {
    writeJson(context, documentOf(report));
    return;
  }
  const ends = await client.request('expiry.get', {}).catch(noStatus);
  const endLines = ends === undefined || ends.urgency === 'fine' ? [] : await linesOfEnds(ends, context);
  show([...statusLines(report, context), ...endLines]);
}

type Show = (lines: readonly string[]) => void;

/** Each report in place of the one before; where that cannot be cleared away, below it. What says the same is not repeated. */
function inPlace(context: CommandContext): Show {
  const { out, env } = context.ports;
  const clears = out.isTerminal && env['TERM'] !== 'dumb';
  let before: string | undefined;
  return (lines) => {
    const text = lines.join('\n');
    if (text === before) return;
    if (clears) out.write('\u001b[H\u001b[2J');
    else if (before !== undefined) out.write('\n');
    before = text;
    writeLines(context, lines);
  };
}

/** As everywhere with `--json`: `card` is what is known of a card, and what is in a reader is its `state`. */
function documentOf({ daemon, service, readers }: StatusReport): object {
  return {
    daemon,
    service,
    readers: readers.map(({ name, card: state, sharing, token: card, ...more }) => ({
      ...{ name, state, sharing },
      ...more,
      card,
    })),
  };
}

/** Loaded only when something ends. */
async function linesOfEnds(ends: ExpiryReport, context: CommandContext): Promise<readonly string[]> {
  const { nearestEndLines } = await import('../../terminal/texts/expiry-lines.js');
  return nearestEndLines(ends, context);
}

/** Resolves when something has changed since it was asked the last time: several changes are one. */
type NextChange = () => Promise<void>;

/** Those from now on, also where nobody waits for them yet. */
function changesOf(client: ControlClient): NextChange {
  let hasChanged = false;
  let wake = (): void => undefined;
  client.on('status.changed', () => {
    hasChanged = true;
    wake();
  });
  return async () => {
    if (!hasChanged) await new Promise<void>((resolve) => (wake = resolve));
    hasChanged = false;
  };
}

async function follow(
  context: CommandContext,
  client: ControlClient,
  nextChange: NextChange,
  show: Show,
): Promise<void> {
  const interrupted = await context.ports.interrupted();
  const writeChanges = async (): Promise<never> => {
    for (;;) {
      await nextChange();
      await write(context, client, await client.request('status.get', {}), show);
    }
  };
  const gone = client.closed.then(() => client.request('status.get', {}));
  await Promise.race([writeChanges(), gone, untilAborted(interrupted)]);
}
