import { MiddlewareError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import type { Key } from '../../terminal/keys/key-reader.js';
import { marked, type MarkedText } from '../../terminal/layout/marked-text.js';
import type { Look } from '../../terminal/look.js';
import type { Choice, CodeShape, WorkDialog } from '../../terminal/work/work-dialog.js';
import { choiceQuestion, codeQuestion, letterQuestion, wordQuestion, type ScreenQuestion } from './screen-questions.js';

/** What work with a card says and asks, as the state of a screen. */
export class ScreenDialog implements WorkDialog {
  said: readonly MarkedText[] = [];
  telling = '';
  question: ScreenQuestion | undefined;
  /** Whether anything was asked yet. */
  hasAsked = false;
  readonly #look: Look;
  readonly #onChange: () => void;
  readonly #controller = new AbortController();
  #reject: (error: unknown) => void = () => undefined;

  constructor(look: Look, onChange: () => void) {
    this.#look = look;
    this.#onChange = onChange;
  }

  get cancelled(): AbortSignal {
    return this.#controller.signal;
  }

  say(...lines: readonly string[]): void {
    this.sayMarked(lines.map((line) => marked(line)));
  }

  sayMarked(texts: readonly MarkedText[]): void {
    this.said = [...this.said, ...texts];
    this.#onChange();
  }

  sayHint(): void {
    // The row of keys says it.
  }

  tell(line: string): void {
    this.telling = line;
    this.#onChange();
  }

  /** What was said is read: what comes begins a page of its own. */
  turnPage(): void {
    this.said = [];
    this.#onChange();
  }

  async askCode(label: string, shape: CodeShape = {}): Promise<Secret> {
    return await this.#ask<Secret>((done) => codeQuestion(label, shape, this.#look, done));
  }

  async askWord(label: string, word: string): Promise<void> {
    await this.#ask<undefined>((done) => wordQuestion(label, word, this.#look, () => done(undefined)));
  }

  async choose(choice: Choice): Promise<number> {
    const index = await this.#ask<number>((done) => choiceQuestion(choice, this.#look, done));
    this.turnPage();
    return index;
  }

  async askLetter(label: string, letters: readonly string[]): Promise<number> {
    return await this.#ask<number>((done) => letterQuestion(label, letters, done));
  }

  key(key: Key, byte: number): void {
    this.question?.key(key, byte);
    this.#onChange();
  }

  /** Wipes what is half typed; whether there was anything. */
  drop(): boolean {
    const wasBegun = this.question?.drop() === true;
    this.#onChange();
    return wasBegun;
  }

  /** The user gives it up. */
  cancel(): void {
    this.fail(new MiddlewareError('ERR_PIN_CANCELLED', 'Cancelled on the screen'));
  }

  /** Ends the open question, and refuses any further one, with this error. */
  fail(error: unknown): void {
    this.#controller.abort(error);
    this.#reject(error);
  }

  async #ask<T>(make: (done: (answer: T) => void) => ScreenQuestion): Promise<T> {
    this.cancelled.throwIfAborted();
    this.hasAsked = true;
    let question: ScreenQuestion | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#reject = reject;
        question = make((answer) => {
          // Keys that came in the same read belong to no question.
          this.question = undefined;
          resolve(answer);
        });
        this.question = question;
        this.#onChange();
      });
    } finally {
      question?.drop();
      this.question = undefined;
      this.#onChange();
    }
  }
}
