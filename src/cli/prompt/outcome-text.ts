import type { WirePrompt } from '../../control-contract/prompts.js';
import type { PromptOutcome } from '../../model/prompt.js';
import type { Language } from '../../messages/language.js';
import { failedHints, hintText } from '../../messages/outcomes.js';
import { promptMessages } from '../../messages/prompt.js';
import { screenText } from '../screen-text.js';

/** The last sentence about an order. */
export function outcomeText(view: WirePrompt, outcome: PromptOutcome, language: Language): string {
  if (outcome.status === 'complete') return promptMessages[language].done(screenText(view.relyingParty.name[language]));
  return hintText(language, outcome.hintCode) ?? failedHints.startFailed[language];
}
