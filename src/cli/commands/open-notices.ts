import { launchMessages } from '../../messages/launch.js';
import type { CommandContext } from '../context.js';
import { reportError } from '../report-error.js';

/**
 * A desktop that opens a link gives us no terminal. What would be written to standard error is written there all the
 * same, for the desktop's log, and shown as a notification too, where the system has them.
 */
export async function withNotices(
  context: CommandContext,
  work: (context: CommandContext) => Promise<number>,
): Promise<number> {
  const { ports } = context;
  if (context.json || ports.out.isTerminal) return await work(context);
  let text = '';
  const write = (part: string): void => {
    text += part;
    ports.error.write(part);
  };
  const told = { ...context, ports: { ...ports, error: { write } } };
  const status = await work(told).catch((error: unknown) => reportError(told, error));
  if (text !== '') await ports.showNotice({ title: launchMessages[context.language].title, text: text.trim() });
  return status;
}
