import type { Secret } from '../../core/secret.js';
import type { PinFormat } from '../../model/pin.js';
import type { MarkedText } from '../layout/marked-text.js';

/** One of several things, told apart by the mark that it is given. */
export type Offer = (mark: string) => readonly MarkedText[];

/** What the user chooses from. */
export interface Choice {
  readonly before: string;
  readonly offers: readonly Offer[];
  readonly after?: string;
  /** How one is named, where numbers are the only way. */
  readonly hint: string;
}

/** What is known of a code before it is typed. */
export interface CodeShape {
  readonly maxLength?: number;
  /** So that what is too short can be said while it is typed; the code itself is checked by whoever asked. */
  readonly format?: PinFormat;
}

/**
 * Where work with a card tells what it does and asks: lines on a terminal, or a screen of the terminal UI. Questions
 * reject with ERR_PIN_CANCELLED when the user cancels, and with ERR_IPC_DAEMON_UNREACHABLE when the daemon goes.
 */
export interface WorkDialog {
  /** Lines of ours; what is from outside never begins one. */
  say(...lines: readonly string[]): void;
  /** Lines of ours each with what stands before its first row. */
  sayMarked(texts: readonly MarkedText[]): void;
  /** What the keys do in the questions that follow, where that is not shown anyway; else said like anything. */
  sayHint?(line: string): void;
  /** One line in whose place the next one comes; an empty one takes it away. */
  tell(line: string): void;
  /** A code, shown as dots. The caller wipes it. */
  askCode(label: string, shape?: CodeShape): Promise<Secret>;
  /** Waits until the word stands there and is confirmed; anything else that is typed is dropped unseen. */
  askWord(label: string, word: string): Promise<void>;
  /** The place of what was chosen, counted from 0. */
  choose(choice: Choice): Promise<number>;
  /** One of these letters, as its place among them; either case. */
  askLetter(label: string, letters: readonly string[]): Promise<number>;
  /** Aborted when the user cancels, whether or not a question stands open. */
  readonly cancelled: AbortSignal;
}
