import { commandMessages } from '../../messages/commands.js';
import { statusMessages } from '../../messages/status.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import type { StartOptions } from '../ports.js';

/** `kort daemon start`, and `kort sandbox start`. */
export function startCommand(options: StartOptions): Command {
  return async (context) => {
    const { instance } = options;
    const pid = await context.ports.startDaemon(options);
    if (context.json) writeJson(context, { instance, pid });
    else writeLines(context, [commandMessages[context.language].started(instance, pid)]);
    return 0;
  };
}

/** `kort daemon stop`: done when nobody answers any more. */
export async function stopCommand(context: CommandContext): Promise<number> {
  const instance = context.instance ?? 'default';
  await withClient(context, async (client) => {
    await client.request('daemon.stop', {});
    client.close();
  });
  await context.ports.daemonGone(instance);
  if (context.json) writeJson(context, { instance, stopped: true });
  else writeLines(context, [commandMessages[context.language].stopped(instance)]);
  return 0;
}

/** `kort daemon status`. */
export async function daemonStatusCommand(context: CommandContext): Promise<number> {
  const status = await withClient(context, (client) => client.request('daemon.status', {}));
  if (context.json) writeJson(context, status);
  else {
    const words = statusMessages[context.language];
    const { port, listening } = status.loopback;
    writeLines(context, [
      words.daemon(status.instance, status.version),
      listening ? words.listening(port) : words.notListening(port),
      words.surfaces(status.surfaces),
    ]);
  }
  return 0;
}
