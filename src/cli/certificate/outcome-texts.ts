import { cardWorkMessages } from '../../messages/card-work.js';
import { downloadMessages } from '../../messages/download.js';
import { errorText } from '../../messages/error-text.js';
import { pinMessages } from '../../messages/pin.js';
import type { CommandContext } from '../context.js';
import { instanceOption, nextStepFields } from '../../terminal/look.js';
import type { DoneCardWork } from './ask-card-work.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { namedText } from '../../terminal/texts/question-texts.js';

/** What card work came to, and what to do next. */
export function outcomeTexts({ begun, outcome }: DoneCardWork, context: CommandContext): readonly MarkedText[] {
  const words = cardWorkMessages[context.language];
  const downloads = downloadMessages[context.language];
  const { stored, removed } = outcome;
  const isDownload = begun.work === 'download' || begun.work === 'resume';
  return [
    marked(begun.work === 'discard' ? downloads.discarded : downloads.done),
    ...(stored === undefined ? [] : [marked(words.outcome.stored), marked(namedText(stored, context), '  ')]),
    ...(removed === undefined ? [] : [marked(words.outcome.removed), marked(namedText(removed, context), '  ')]),
    ...problemTexts(outcome.problem, context),
    ...(isDownload ? [marked(downloads.doneNext)] : []),
    ...(stored === undefined && removed === undefined ? [] : [marked(words.otherPrograms)]),
    ...(removed === undefined ? [] : [marked(words.removedDone(instanceOption(context)))]),
  ];
}

function problemTexts(problem: DoneCardWork['outcome']['problem'], context: CommandContext): readonly MarkedText[] {
  if (problem === undefined) return [];
  const fields = { ...problem.fields, ...nextStepFields(context) };
  const { sentence, nextStep } = errorText(context.language, problem.code, fields);
  return [marked(pinMessages[context.language].doneBut(`${sentence} ${nextStep}`))];
}
