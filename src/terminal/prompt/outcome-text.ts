import type { WirePrompt } from '../../control-contract/prompts.js';
import type { PromptOutcome } from '../../model/prompt.js';
import type { Purpose } from '../../model/relying-party.js';
import type { Language } from '../../messages/language.js';
import { failedHints, hintText } from '../../messages/outcomes.js';
import { promptMessages } from '../../messages/prompt.js';

/** The last sentence about an order, which no state may ever have been shown of. It names the service from outside. */
export function outcomeText(view: WirePrompt | undefined, outcome: PromptOutcome, language: Language): string {
  const words = promptMessages[language];
  const name = view?.relyingParty.name[language];
  if (view === undefined || name === undefined) {
    return outcome.status === 'complete' ? words.doneUnnamed : `${words.failedUnnamed} ${reasonOf(outcome, language)}`;
  }
  const ofPurpose = words.of[view.purpose];
  if (outcome.status === 'complete') return ofPurpose.done(name, view.documents.length);
  const handedOut = view.documentsSigned === 0 ? [] : [ofPurpose.nothingHandedOut];
  return [ofPurpose.failed(name), reasonOf(outcome, language, view.purpose), ...handedOut].join(' ');
}

function reasonOf(
  { hintCode }: Extract<PromptOutcome, { status: 'failed' }>,
  language: Language,
  purpose?: Purpose,
): string {
  return hintText(language, hintCode, purpose) ?? failedHints.startFailed[language];
}
