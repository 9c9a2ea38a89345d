import type { ControlClient } from '../../client/client.js';
import type { StatusReport } from '../../control-contract/status.js';
import { isMiddlewareError } from '../../core/errors.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import { daemonLines, statusLines } from '../status-lines.js';
import { untilAborted } from '../until-aborted.js';

/** `kort status` and `kort status --watch`. */
export function statusCommand(options: { readonly watch: boolean }): Command {
  return (context) =>
    withClient(context, async (client) => {
      const report = await client.request('status.get', {}).catch(noStatus);
      if (report === undefined) await writeHardwareOnly(context, client);
      else {
        write(context, report, options.watch);
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

function write(context: CommandContext, report: StatusReport, clear: boolean): void {
  if (context.json) {
    writeJson(context, report);
    return;
  }
  if (clear && context.ports.out.isTerminal) context.ports.out.write('\u001b[H\u001b[2J');
  writeLines(context, statusLines(report, context));
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
      write(context, await client.request('status.get', {}), true);
    }
    asking = false;
  };
  const failed = new Promise<never>((_resolve, reject) => {
    client.on('status.changed', () => void refresh().catch(reject));
    void client.closed.then(() => client.request('status.get', {})).catch(reject);
  });
  await Promise.race([failed, untilAborted(interrupted)]);
}
