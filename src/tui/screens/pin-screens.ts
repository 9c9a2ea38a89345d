import type { BegunPinOperation } from '../../control-contract/pins.js';
import { isMiddlewareError } from '../../core/errors.js';
import { pinMessages } from '../../messages/pin.js';
import { uiWorkMessages } from '../../messages/ui-work.js';
import type { PinOperationName, PinChoice } from '../../model/pin-care.js';
import { marked } from '../../terminal/layout/marked-text.js';
import { cardLine, pinOutcomeLines } from '../../terminal/texts/pin-lines.js';
import { askPinOperation } from '../../terminal/work/ask-pin-operation.js';
import type { Screen, Ui } from '../screen.js';
import { createWorkScreen } from './work-screen.js';

/** Which card and PIN is meant; what is left open is asked where it is not clear. */
export type PinScreenChoice = PinChoice;

/** Another PIN in place of the one that is known. */
export const createPinChangeScreen = (ui: Ui, choice: PinScreenChoice = {}): Screen => pinScreen(ui, 'change', choice);

/** A new PIN with the PUK. */
export const createUnlockScreen = (ui: Ui, choice: PinScreenChoice = {}): Screen => pinScreen(ui, 'unblock', choice);

/** Whether a PIN is right: a wrong one costs a try. */
export const createPinVerifyScreen = (ui: Ui, choice: PinScreenChoice = {}): Screen => pinScreen(ui, 'verify', choice);

function pinScreen(ui: Ui, operation: PinOperationName, choice: PinScreenChoice): Screen {
  const { look } = ui;
  const words = uiWorkMessages[look.language];
  return createWorkScreen(ui, {
    title: words.title[operation],
    card: choice.card,
    work: async ({ client, dialog, watch, onRun }) => {
      /** Tries left, and what was asked, are old once the card has been told the codes. */
      const settle = ({ card }: BegunPinOperation): void => {
        dialog.turnPage();
        dialog.say(cardLine(card, pinMessages[look.language]));
      };
      let atKeypad: BegunPinOperation | undefined;
      try {
        const done = await askPinOperation(client, { operation, ...choice }, dialog, look, {
          usePinPad: true,
          onBegin: ({ card }) => watch(card),
          onRun: (begun) => {
            // At a keypad the codes are still to be typed: by what stands here, the phrase above all.
            if (begun.pinPad) atKeypad = begun;
            else settle(begun);
            onRun();
          },
          onWait: (line) => dialog.tell(line),
        });
        if (atKeypad !== undefined) settle(atKeypad);
        return [
          marked(''),
          ...pinOutcomeLines(done, look).map((line, index) => marked(line, index === 0 ? '✓ ' : '! ')),
        ];
      } catch (error) {
        if (atKeypad !== undefined) settle(atKeypad);
        throw error;
      }
    },
    // Of a blocked PUK nothing else helps.
    mend: (error) =>
      operation !== 'unblock' && isMiddlewareError(error, 'ERR_PIN_BLOCKED')
        ? {
            key: 'u',
            does: words.title.unblock,
            nextStep: words.unlockHere,
            open: () => createUnlockScreen(ui, choice),
          }
        : undefined,
  });
}
