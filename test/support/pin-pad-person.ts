import type { VirtualPinPad } from '../../src/sandbox/hardware/pin-pad.js';

/** What a person does at a keypad that asks: types these digits and presses OK, or something else. */
export type PinPadAction = { readonly digits: string } | 'cancel' | 'wait-too-long' | (() => void);

/** A person at a virtual keypad who does these things, one each time it asks, and nothing when they are used up. */
export interface PinPadPerson {
  /** What the keypad has asked for so far. */
  readonly asked: readonly string[];
  /** What is to be done next time, in this order. */
  will(...actions: PinPadAction[]): void;
  leave(): void;
}

export function personAtPinPad(pad: VirtualPinPad): PinPadPerson {
  const asked: string[] = [];
  let actions: PinPadAction[] = [];
  const stop = pad.onAsk((prompt) => {
    asked.push(prompt);
    const action = actions.shift();
    if (action === 'cancel') pad.cancel();
    else if (action === 'wait-too-long') pad.timeOut();
    else if (typeof action === 'function') action();
    else if (action !== undefined) {
      pad.press(Buffer.from(action.digits, 'ascii'));
      pad.ok();
    }
  });
  return {
    asked,
    will: (...next) => void (actions = [...actions, ...next]),
    leave: stop,
  };
}
