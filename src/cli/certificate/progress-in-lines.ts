import { cardWorkMessages } from '../../messages/card-work.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import { followSteps } from '../../terminal/work/follow-steps.js';
import type { WorkProgress } from '../../terminal/work/work-progress.js';
import type { CommandContext } from '../context.js';
import { jsonLine } from '../json-line.js';

/** In a pipe each step is a line when it has ended; with `--json` an object on standard error as it begins. */
export function progressInLines({ ports, json, language }: CommandContext): WorkProgress {
  if (json) {
    return {
      on: (state) => ports.error.write(jsonLine({ event: 'card-progress', state })),
      end: () => undefined,
    };
  }
  return followSteps({
    begin: () => undefined,
    end: (line) => {
      if (line !== undefined) ports.out.write(`${screenText(line.mark + line.text)}\n`);
    },
    words: cardWorkMessages[language],
  });
}
