import { isMiddlewareError, MiddlewareError } from '../core/errors.js';
import { confirmMessages, type ConfirmMessages } from '../messages/confirm.js';
import type { CommandContext } from './context.js';
import { openLineDialog } from './pin/line-dialog.js';
import { usageError } from './usage-error.js';

/**
 * Asks whether something may be lost, unless that was said already; `loss` says what. Returns after yes.
 *
 * @throws {MiddlewareError} ERR_ABORTED after no, Escape and Ctrl-C; ERR_USAGE where nobody can be asked.
 */
export async function confirmLoss(
  context: CommandContext,
  loss: (words: ConfirmMessages) => string,
  yes: boolean,
): Promise<void> {
  if (yes) return;
  const words = confirmMessages[context.language];
  if (context.json || !context.ports.hasTerminal()) throw usageError(words.needsYes(loss(words)));
  const dialog = await openLineDialog(context);
  try {
    dialog.say(loss(words));
    if ((await dialog.askLetter(words.keys, words.letters)) === 0) return;
  } catch (error) {
    if (!isMiddlewareError(error, 'ERR_PIN_CANCELLED')) throw error;
  } finally {
    dialog.close();
  }
  throw new MiddlewareError('ERR_ABORTED', 'The user did not agree');
}
