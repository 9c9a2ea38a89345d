import type { ControlClient } from '../../client/client.js';
import type { StatusReport } from '../../control-contract/status.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import { statusLines } from '../status-lines.js';

/** `kort status` and `kort status --watch`. */
export function statusCommand(options: { readonly watch: boolean }): Command {
  return (context) =>
    withClient(context, async (client) => {
      write(context, await client.request('status.get', {}), options.watch);
      if (options.watch) await follow(context, client);
      return 0;
    });
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
  await Promise.race([failed, aborted(interrupted)]);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
