import type { ScreenState } from '../../src/terminal/prompt/screen-lines.js';

/** The screen of a prompt on which nothing was typed or said yet, and nothing else waits. */
export const askedScreen: Omit<ScreenState, 'view'> = {
  starting: false,
  waiting: [],
  listFrom: 0,
  note: undefined,
  pinLength: 0,
  code: '',
  consent: undefined,
  choosing: false,
  onPinPad: false,
  sent: false,
  stalled: false,
  place: undefined,
  phrase: undefined,
};
