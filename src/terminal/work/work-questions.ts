import type { ControlClient } from '../../client/client.js';
import { MiddlewareError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import type { PinMessages } from '../../messages/pin.js';
import { fitsFormat, type PinFormat } from '../../model/pin.js';
import { marked } from '../layout/marked-text.js';
import { cardLine } from '../texts/pin-lines.js';
import type { WorkDialog } from './work-dialog.js';

/** Id of the card that the user means. */
export async function chooseCard(client: ControlClient, dialog: WorkDialog, words: PinMessages): Promise<string> {
  const { cards } = await client.request('pin.list', {});
  const index = await chooseLine(
    cards.map((card) => cardLine(card, words)),
    words.chooseCard,
    dialog,
    words,
  );
  return cards[index]?.id ?? '';
}

/**
 * Which of these lines the user means, counted from 0.
 *
 * @throws {MiddlewareError} ERR_CARD_REMOVED when there are none.
 */
export async function chooseLine(
  lines: readonly string[],
  before: string,
  dialog: WorkDialog,
  { chooseHint }: PinMessages,
): Promise<number> {
  if (lines.length === 0) throw new MiddlewareError('ERR_CARD_REMOVED', 'Card went while the user was asked');
  const offers = lines.map((line) => (mark: string) => [marked(line, mark)]);
  return await dialog.choose({ before, offers, hint: chooseHint });
}

/** Says what the keys do while codes are asked for. */
export function sayHint(dialog: WorkDialog, line: string): void {
  if (dialog.sayHint === undefined) dialog.say(line);
  else dialog.sayHint(line);
}

/** Waits until the user has agreed to a last try. */
export async function agree(atStake: 'PIN' | 'PUK', dialog: WorkDialog, words: PinMessages): Promise<void> {
  dialog.say(words.lastTry[atStake]);
  sayHint(dialog, words.consentHint);
  await dialog.askWord(words.consentPrompt(words.consentWord), words.consentWord);
}

/** Asks until the code could be one: what could not would cost a command, and the user the typing of the others. */
export async function askFitting(
  label: string,
  format: PinFormat,
  dialog: WorkDialog,
  words: PinMessages,
): Promise<Secret> {
  for (;;) {
    const code = await dialog.askCode(label, { format });
    if (code.use((bytes) => fitsFormat(bytes, format))) return code;
    code.wipe();
    dialog.say(words.malformed);
  }
}
