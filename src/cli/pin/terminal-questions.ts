import type { ControlClient } from '../../client/client.js';
import { MiddlewareError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import type { PinMessages } from '../../messages/pin.js';
import { fitsFormat, type PinFormat } from '../../model/pin.js';
import type { LineDialog } from './line-dialog.js';
import { cardLine } from '../../terminal/texts/pin-lines.js';

/** More than these nobody can name with one key. */
export const mostChoices = 9;

/** Id of the card that the user means. */
export async function chooseCard(client: ControlClient, dialog: LineDialog, words: PinMessages): Promise<string> {
  const { cards } = await client.request('pin.list', {});
  const offered = cards.slice(0, mostChoices);
  const index = await choose(
    offered.map((card) => cardLine(card, words)),
    words.chooseCard,
    dialog,
    words,
  );
  return offered[index]?.id ?? '';
}

/** Which of these lines the user means, counted from 0. */
export async function choose(
  lines: readonly string[],
  question: string,
  dialog: LineDialog,
  words: PinMessages,
): Promise<number> {
  if (lines.length === 0) throw new MiddlewareError('ERR_CARD_REMOVED', 'Card went while the user was asked');
  dialog.say(question, ...lines.map((line, index) => `${index + 1}  ${line}`));
  return (await dialog.askNumber(words.chooseHint, lines.length)) - 1;
}

/** Waits until the user has agreed to a last try. */
export async function agree(atStake: 'PIN' | 'PUK', dialog: LineDialog, words: PinMessages): Promise<void> {
  dialog.say(words.lastTry[atStake], words.consentHint);
  await dialog.askWord(words.consentPrompt(words.consentWord), words.consentWord);
}

/** Asks until the code could be one: what could not would cost a command, and the user the typing of the others. */
export async function askFitting(
  label: string,
  format: PinFormat,
  dialog: LineDialog,
  words: PinMessages,
): Promise<Secret> {
  for (;;) {
    const code = await dialog.askCode(label);
    if (code.use((bytes) => fitsFormat(bytes, format))) return code;
    code.wipe();
    dialog.say(words.malformed);
  }
}
