import type { Secret } from '../core/secret.js';

/** One window of the desktop's dialogue. Lines apart by line feeds. */
export interface DialogueWindow {
  readonly title: string;
  readonly text: string;
  /** Set off above the text. */
  readonly error?: string | undefined;
  readonly ok: string;
  readonly cancel: string;
  /** A third button, which neither agrees nor cancels. */
  readonly notOk?: string | undefined;
}

/** A window with a field whose content is not shown. */
export interface DialogueEntry extends DialogueWindow {
  /** Before the field. */
  readonly label: string;
}

/**
 * The desktop's dialogue for codes. Each call opens a window of its own and ends with it; the signal closes it.
 *
 * @throws {MiddlewareError} ERR_PIN_DIALOGUE with a `reason` (`start`: no such program, or it cannot show anything;
 *   `protocol`: it answered what no such program answers; `timeout`; `ended`; `too-long`: the text does not fit), ERR_ABORTED.
 */
export interface PinDialogues {
  confirm(window: DialogueWindow, signal: AbortSignal): Promise<'ok' | 'notOk' | 'cancel'>;
  /** With one button, `ok`. */
  message(window: DialogueWindow, signal: AbortSignal): Promise<void>;
  /** Undefined when it was cancelled; may be empty. Whoever gets it wipes it. */
  getPin(entry: DialogueEntry, signal: AbortSignal): Promise<Secret | undefined>;
}

/** Bytes of text that every window has room for, as {@link dialogueBytes} counts them. */
export const maxDialogueBytes = 960;

/** How long text becomes on its way: in UTF-8, and three bytes for each line feed and per cent sign. */
export function dialogueBytes(text: string): number {
  return new TextEncoder().encode(text).length + 2 * (text.match(/[\n%]/g) ?? []).length;
}
