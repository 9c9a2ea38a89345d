import type { CardWorkProgress } from '../../control-contract/certificates.js';
import { cardWorkSteps, type CardWorkStep } from '../../model/card-work.js';
import { cardWorkMessages } from '../../messages/card-work.js';
import type { WorkProgress } from '../../terminal/work/work-progress.js';
import type { CommandContext } from '../context.js';
import type { LineDialog } from '../pin/line-dialog.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';

const doneMark = '✓ ';
const failedMark = '✗ ';

/** On a terminal the step that goes on stands in the last row; what is done stays above it. */
export function progressOnDialog(dialog: LineDialog, { language }: Pick<CommandContext, 'language'>): WorkProgress {
  const words = cardWorkMessages[language];
  return followSteps({
    begin: (state) => dialog.tell(`… ${words.doing[state]}`),
    end: (line) => {
      dialog.tell('');
      if (line !== undefined) dialog.sayMarked([line]);
    },
    words,
  });
}

/** In a pipe each step is a line when it has ended; with `--json` an object on standard error as it begins. */
export function progressInLines({ ports, json, language }: CommandContext): WorkProgress {
  if (json) {
    return {
      on: (state) => ports.error.write(`${JSON.stringify({ event: 'card.progress', state })}\n`),
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

interface StepLines {
  readonly begin: (state: CardWorkProgress['state']) => void;
  readonly end: (line: MarkedText | undefined) => void;
  readonly words: (typeof cardWorkMessages)['sv'];
}

function followSteps({ begin, end, words }: StepLines): WorkProgress {
  let current: CardWorkStep | undefined;
  const finish = (done: boolean): void => {
    if (current === undefined) end(undefined);
    else end(done ? marked(words.done[current], doneMark) : marked(words.doing[current], failedMark));
    current = undefined;
  };
  return {
    on: (state) => {
      if (isStep(state) && state !== current) {
        finish(true);
        current = state;
      }
      begin(state);
    },
    end: finish,
  };
}

const isStep = (state: CardWorkProgress['state']): state is CardWorkStep =>
  cardWorkSteps.some((step) => step === state);
