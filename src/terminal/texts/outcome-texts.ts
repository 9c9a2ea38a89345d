import { cardWorkMessages } from '../../messages/card-work.js';
import { downloadMessages } from '../../messages/download.js';
import { errorText } from '../../messages/error-text.js';
import { pinMessages } from '../../messages/pin.js';
import { instanceOption, nextStepFields, type NextStepLook } from '../look.js';
import type { DoneCardWork } from '../work/ask-card-work.js';
import { marked, type MarkedText } from '../layout/marked-text.js';
import { namedText } from './question-texts.js';

/** What card work came to, and what to do next. */
export function outcomeTexts({ begun, outcome }: DoneCardWork, look: NextStepLook): readonly MarkedText[] {
  const words = cardWorkMessages[look.language];
  const downloads = downloadMessages[look.language];
  const { stored, removed } = outcome;
  const isDownload = begun.work === 'download' || begun.work === 'resume';
  return [
    marked(begun.work === 'discard' ? downloads.discarded : downloads.done),
    ...(stored === undefined ? [] : [marked(words.outcome.stored), marked(namedText(stored, look), '  ')]),
    ...(removed === undefined ? [] : [marked(words.outcome.removed), marked(namedText(removed, look), '  ')]),
    ...problemTexts(outcome.problem, look),
    ...(isDownload ? [marked(downloads.doneNext)] : []),
    ...(stored === undefined && removed === undefined ? [] : [marked(words.otherPrograms)]),
    ...(removed === undefined ? [] : [marked(words.removedDone(instanceOption(look)))]),
  ];
}

function problemTexts(problem: DoneCardWork['outcome']['problem'], look: NextStepLook): readonly MarkedText[] {
  if (problem === undefined) return [];
  const fields = { ...problem.fields, ...nextStepFields(look) };
  const { sentence, nextStep } = errorText(look.language, problem.code, fields);
  return [marked(pinMessages[look.language].doneBut(`${sentence} ${nextStep}`))];
}
