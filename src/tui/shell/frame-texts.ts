import type { PromptPlace } from '../../control-contract/prompts.js';
import type { StatusReport } from '../../control-contract/status.js';
import { promptPlaceMessages } from '../../messages/prompt-place.js';
import { uiMessages } from '../../messages/ui.js';
import type { NextStepLook } from '../../terminal/look.js';
import { waitingText } from '../../terminal/prompt/place-blocks.js';

/** Of the daemon: which one, and that it plays. */
export function headText(
  { look, status }: { readonly look: NextStepLook; readonly status: StatusReport | undefined },
  version: string,
): string {
  const words = uiMessages[look.language];
  const { instance = 'default' } = look;
  const isSandbox = status?.daemon.sandbox === true;
  const names = [
    ...(isSandbox ? [words.sandbox] : []),
    ...(instance === 'default' || instance === 'sandbox' ? [] : [words.instance(instance)]),
    `kort ${version}`,
  ];
  return names.join(' · ');
}

/** What stands in the row of sentences when nothing was said: where questions wait or come to. */
export function noticeText(
  { waiting, elsewhere }: { readonly waiting: number; readonly elsewhere: PromptPlace | undefined },
  look: NextStepLook,
): string {
  const words = uiMessages[look.language];
  const place = promptPlaceMessages[look.language];
  if (elsewhere?.question !== undefined) {
    return `${place.askedElsewhere(place.where[elsewhere.kind])} ${waitingText(elsewhere.question, look)}`;
  }
  if (waiting > 0) return words.ordersWait(waiting);
  return elsewhere === undefined ? '' : words.elsewhere(place.where[elsewhere.kind]);
}
