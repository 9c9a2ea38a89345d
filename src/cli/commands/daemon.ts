import type { DaemonStatus } from '../../control-contract/status.js';
import { isMiddlewareError, MiddlewareError } from '../../core/errors.js';
import { commandMessages } from '../../messages/commands.js';
import { errorText } from '../../messages/error-text.js';
import { withClient, writeJson, writeLines, type Command, type CommandContext } from '../context.js';
import { writeErrorLines } from '../write-marked.js';
import { nextStepFields, sandboxInstance } from '../../terminal/look.js';
import type { StartOptions } from '../ports.js';
import { daemonLines } from '../../terminal/texts/status-lines.js';

/** `kort daemon start`, and `kort sandbox start`. */
export function startCommand(options: StartOptions): Command {
  return async (context) => {
    const { instance } = options;
    // An ordinary daemon there would answer `kort sandbox …` and keep the sandbox from starting.
    if (options.sandbox !== true && instance === sandboxInstance) {
      throw new MiddlewareError('ERR_SANDBOX_INSTANCE', 'Instance is reserved for the sandbox');
    }
    const target = { ...context, instance };
    const pid = await start(options, target);
    const { loopback } = await askStatus(target);
    const { port, listening, problemCode, owner } = loopback;
    if (context.json) writeJson(context, { instance, pid, port, listening, problemCode, owner });
    else {
      writeLines(context, [commandMessages[context.language].started(instance, pid)]);
      warn(loopback, target);
    }
    return 0;
  };
}

async function start(options: StartOptions, context: CommandContext): Promise<number> {
  try {
    return await context.ports.startDaemon(options);
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_IPC_DAEMON_RUNNING') || !(await askStatus(context)).sandbox) throw error;
    throw new MiddlewareError('ERR_SANDBOX_RUNNING', 'The sandbox answers already');
  }
}

/** The daemon lives without its endpoint, but nobody can log in from a browser: that is told at once. */
function warn({ port, problemCode, owner }: DaemonStatus['loopback'], context: CommandContext): void {
  if (problemCode === undefined) return;
  const { sentence, nextStep } = errorText(context.language, problemCode, { port, owner, ...nextStepFields(context) });
  const words = commandMessages[context.language];
  writeErrorLines(context, [`${words.warning}: ${sentence}`, `${words.nextStep}: ${nextStep}`]);
}

function askStatus(context: CommandContext): Promise<DaemonStatus> {
  return withClient(context, (client) => client.request('daemon.status', {}));
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
  const status = await askStatus(context);
  if (context.json) writeJson(context, status);
  else writeLines(context, daemonLines(status, context));
  return 0;
}
