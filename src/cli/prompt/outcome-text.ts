import type { WirePrompt } from '../../control-contract/prompts.js';
import type { PromptOutcome } from '../../model/prompt.js';
import type { Language } from '../../messages/language.js';
import { failedHints, hintText } from '../../messages/outcomes.js';
import { promptMessages } from '../../messages/prompt.js';

/** The last sentence about an order, which no state may ever have been shown of. It names the service from outside. */
export function outcomeText(view: WirePrompt | undefined, outcome: PromptOutcome, language: Language): string {
  const words = promptMessages[language];
  const name = view?.relyingParty.name[language];
  if (outcome.status === 'complete') return name === undefined ? words.doneUnnamed : words.done(name);
  const reason = hintText(language, outcome.hintCode) ?? failedHints.startFailed[language];
  return `${name === undefined ? words.failedUnnamed : words.failed(name)} ${reason}`;
}
