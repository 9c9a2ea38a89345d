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
      const report = await client.request('status.get', {}).catch(noStatus);
      if (report === undefined) await writeHardwareOnly(context, client);
      else {
        await write(context, client, report, options.watch);
        if (options.watch) await follow(context, client);
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

async function write(
  context: CommandContext,
  client: ControlClient,
  report: StatusReport,
  clear: boolean,
): Promise<void> {
  if (context.json) {
    writeJson(context, report);
    return;
  }
  const ends = await client.request('expiry.get', {}).catch(noStatus);
  const endLines = ends === undefined || ends.urgency === 'fine' ? [] : await linesOfEnds(ends, context);
  if (clear && context.ports.out.isTerminal) context.ports.out.write('\u001b[H\u001b[2J');
  writeLines(context, [...statusLines(report, context), ...endLines]);
}

/** Loaded only when something ends. */
async function linesOfEnds(ends: ExpiryReport, context: CommandContext): Promise<readonly string[]> {
  const { nearestEndLines } = await import('../../terminal/texts/expiry-lines.js');
  return nearestEndLines(ends, context);
}

/** Changes that come while the report is asked for are shown by one more report. */
async function follow(context: CommandContext, client: ControlClient): Promise<void> {
  const interrupted = await context.ports.interrupted();
  let wanted = false;
  let asking = false;
  const refresh = async (): Promise<void> => {
    wanted = true;
    if (asking) return;
    asking = true;
    while (wanted) {
      wanted = false;
      await write(context, client, await client.request('status.get', {}), true);
    }
    asking = false;
  };
  const failed = new Promise<never>((_resolve, reject) => {
    client.on('status.changed', () => void refresh().catch(reject));
    void client.closed.then(() => client.request('status.get', {})).catch(reject);
  });
  await Promise.race([failed, untilAborted(interrupted)]);
}
