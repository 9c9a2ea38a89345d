import { uiWorkMessages } from '../../messages/ui-work.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { createStyle } from '../../terminal/layout/style.js';
import { failureOf, failureText } from '../../terminal/texts/failure-text.js';
import type { NextStepLook } from '../../terminal/look.js';

/** What happened and what to do next; `here` is that where the screen goes on itself, instead of a command. */
export function failureTexts(error: unknown, look: NextStepLook, here?: string): readonly MarkedText[] {
  const words = uiWorkMessages[look.language];
  const style = createStyle(look.color);
  const failure = failureOf(error, look);
  const { sentence, nextStep: usual } = failureText(failure, look);
  const nextStep = here ?? usual;
  return [
    marked(sentence, '✗ ', (text) => style.warning(text)),
    ...(nextStep === '' ? [] : [marked(nextStep, `${words.nextStep}: `)]),
    marked(`(${failure.code})`),
  ];
}
