import type { ControlClient } from '../../client/client.js';
import { withClient, writeJson, writeLines, type CommandContext } from '../context.js';
import { traceTexts } from '../../messages/trace.js';
import { untilAborted } from '../until-aborted.js';

/** What the command line says of a recording. */
export interface TraceOptions {
  readonly reader?: string | undefined;
}

/**
 * `kort trace`: the commands to the cards and their answers until it is ended, codes left out. The lines go to standard
 * output, so that a shell can put them into a file; what a person should know goes to standard error.
 */
export function traceCommand(options: TraceOptions) {
  return async (context: CommandContext): Promise<number> => {
    const interrupted = await context.ports.interrupted();
    await withClient(context, (client) => record(client, options, context, interrupted)).catch((error: unknown) => {
      if (!interrupted.aborted) throw error;
    });
    return 0;
  };
}

async function record(
  client: ControlClient,
  { reader }: TraceOptions,
  context: CommandContext,
  interrupted: AbortSignal,
): Promise<void> {
  const texts = traceTexts[context.language];
  const write = (line: string): void => {
    if (context.json) writeJson(context, { line });
    else writeLines(context, [line]);
  };
  const ended = new Promise<never>((_resolve, reject) => {
    client.on('trace.line', ({ line }) => write(line));
    client.on('events.dropped', () => client.close());
    void client.closed.then(() => client.request('daemon.status', {})).catch(reject);
  });
  // A recording that is refused ends the connection too, when nobody waits for that any more.
  ended.catch(() => undefined);
  const { header } = await client.request('trace.start', { reader });
  context.ports.error.write(`${texts.begun}\n${texts.contents}\n`);
  for (const line of header) write(line);
  await Promise.race([ended, untilAborted(interrupted)]);
}
