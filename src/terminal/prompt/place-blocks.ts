import type { PromptPlace, WaitingPrompt } from '../../control-contract/prompts.js';
import { promptMessages } from '../../messages/prompt.js';
import { promptPlaceMessages } from '../../messages/prompt-place.js';
import { gap, labelledText, ownText, type Block } from '../layout/screen-block.js';
import { createStyle } from '../layout/style.js';
import type { Look } from '../look.js';
import { sourceText } from './order-blocks.js';

/** Where questions come to while that is not here; nothing where they come here. */
export function placeBlocks(place: PromptPlace | undefined, look: Look): readonly Block[] {
  if (place === undefined || place.here) return [];
  const words = promptPlaceMessages[look.language];
  const { question, kind } = place;
  if (question === undefined) {
    return [gap, ownText('kept', words.nextElsewhere(words.where[kind])), ownText('footer', words.takeNextHint)];
  }
  const text = waitingText(question, look);
  return [
    ownText('kept', words.askedElsewhere(words.where[kind])),
    labelledText('kept', '  ', text),
    gap,
    ownText('footer', words.takeHint),
  ];
}

/** An order of which no more than its beginning is known. */
export function waitingText(order: WaitingPrompt, look: Look): string {
  const { of } = promptMessages[look.language];
  const facts = `${of[order.purpose].name}, ${sourceText(order, look, false)}`;
  return `${order.relyingParty.name[look.language]} (${facts})`;
}

/** The user's own phrase, by which a real question is known. */
export function phraseBlocks(phrase: string | undefined, look: Look): readonly Block[] {
  if (phrase === undefined) return [];
  const style = (text: string): string => createStyle(look.color).bold(text);
  return [labelledText('kept', '', `${promptPlaceMessages[look.language].phrase}: `, { text: phrase, style })];
}

/** That there can be one, said where nothing is asked. */
export function phraseTipBlocks(phrase: string | undefined, look: Look): readonly Block[] {
  return phrase === undefined ? [gap, ownText('help', promptPlaceMessages[look.language].phraseTip)] : [];
}
