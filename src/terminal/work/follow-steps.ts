import type { CardWorkProgress } from '../../control-contract/certificates.js';
import { cardWorkMessages } from '../../messages/card-work.js';
import { cardWorkSteps, type CardWorkStep } from '../../model/card-work.js';
import { marked, type MarkedText } from '../layout/marked-text.js';
import type { Look } from '../look.js';
import type { WorkDialog } from './work-dialog.js';
import type { WorkProgress } from './work-progress.js';

const doneMark = '✓ ';
const failedMark = '✗ ';

/** The step that goes on stands in the last row; what is done stays above it. */
export function progressOnDialog(dialog: Pick<WorkDialog, 'tell' | 'sayMarked'>, { language }: Look): WorkProgress {
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

/** What becomes of the steps. */
export interface StepLines {
  readonly begin: (state: CardWorkProgress['state']) => void;
  readonly end: (line: MarkedText | undefined) => void;
  readonly words: (typeof cardWorkMessages)['sv'];
}

/** Marks each step when the next one begins, or all has ended. */
export function followSteps({ begin, end, words }: StepLines): WorkProgress {
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
