import type { ControlClient } from '../../client/client.js';
import { MiddlewareError } from '../../core/errors.js';
import { commandMessages, type CommandMessages } from '../../messages/commands.js';
import type { Secret } from '../../core/secret.js';
import type { CommandContext } from '../context.js';
import type { RawTerminal } from '../ports.js';
import { createConsentEntry } from '../../terminal/keys/consent-entry.js';
import { createDeafTime } from '../../terminal/keys/deaf-time.js';
import { createKeyReader, type Key } from '../../terminal/keys/key-reader.js';
import { createPinEntry } from '../../terminal/keys/pin-entry.js';
import { marked, rowsOfMarked, type MarkedText } from '../../terminal/layout/marked-text.js';
import { labelledText, rowsOf } from '../../terminal/layout/screen-block.js';
import { screenText } from '../../terminal/layout/screen-text.js';
import type { Choice, CodeShape, WorkDialog } from '../../terminal/work/work-dialog.js';

/** A question that stands open: what it shows, and what a key does to it. */
interface Question {
  line(): string;
  key(key: Key, byte: number): void;
  drop(): void;
}

/** Questions on a terminal, one line each; keys that no question waits for are dropped. */
export interface LineDialog extends WorkDialog {
  /** Ends the open question, and refuses any further one, with this error. */
  fail(error: unknown): void;
  /** Wipes what was typed and gives the terminal back. */
  close(): void;
}

/** What was cancelled and still goes on so much later has not understood, or cannot stop: then there is another way out. */
const stoppingMs = 1000;

/**
 * Takes over the terminal; questions end when the connection does that they are asked for. A second Ctrl-C ends the
 * program.
 */
export async function openLineDialog(
  { ports, language }: Pick<CommandContext, 'ports' | 'language'>,
  client?: Pick<ControlClient, 'closed'>,
): Promise<LineDialog> {
  const interrupted = await ports.interrupted();
  const dialog = new Dialog(commandMessages[language], ports.endAtOnce);
  void client?.closed.then(() =>
    dialog.fail(new MiddlewareError('ERR_IPC_DAEMON_UNREACHABLE', 'Connection ended while the user was asked')),
  );
  const keys = createKeyReader((key, byte) => dialog.key(key, byte));
  const terminal = await ports.openTerminal(
    (bytes) => keys.feed(bytes),
    () => dialog.draw(),
  );
  const onInterrupt = (): void => dialog.fail(cancelled());
  dialog.attach(terminal, () => {
    interrupted.removeEventListener('abort', onInterrupt);
    keys.close();
  });
  interrupted.addEventListener('abort', onInterrupt, { once: true });
  if (interrupted.aborted) onInterrupt();
  return dialog;
}

class Dialog implements LineDialog {
  readonly #controller = new AbortController();
  /** Half of a code that was typed too early: the other half must not be taken for a whole one. */
  readonly #deaf = createDeafTime(() => performance.now());
  #terminal: RawTerminal | undefined;
  #onClose: () => void = () => undefined;
  #question: Question | undefined;
  #reject: (error: unknown) => void = () => undefined;
  readonly #words: CommandMessages;
  readonly #endAtOnce: () => void;
  #stopping: NodeJS.Timeout | undefined;

  constructor(words: CommandMessages, endAtOnce: () => void) {
    this.#words = words;
    this.#endAtOnce = endAtOnce;
  }

  get cancelled(): AbortSignal {
    return this.#controller.signal;
  }

  attach(terminal: RawTerminal, onClose: () => void): void {
    this.#terminal = terminal;
    this.#onClose = onClose;
  }

  key(key: Key, byte: number): void {
    if (key === 'interrupt' && this.cancelled.aborted) this.#end();
    else if (key === 'interrupt' || key === 'escape') this.#cancel();
    else if (this.#question === undefined) this.#early(key);
    else if (!this.#deaf.takes()) this.#question.key(key, byte);
    this.draw();
  }

  #cancel(): void {
    this.fail(cancelled());
    this.#stopping ??= setTimeout(() => this.#sayHowToEnd(), stoppingMs);
  }

  #sayHowToEnd(): void {
    this.tell('');
    this.say(this.#words.stillStopping);
  }

  #end(): void {
    this.#terminal?.write('\r\n');
    this.#endAtOnce();
  }

  #early(key: Key): void {
    if (key === 'character') this.#deaf.begin();
    else if (key === 'enter') this.#deaf.end();
  }

  fail(error: unknown): void {
    this.#controller.abort(error);
    this.#reject(error);
  }

  say(...lines: readonly string[]): void {
    const columns = this.#terminal?.columns ?? 80;
    for (const line of lines) {
      for (const row of rowsOf(labelledText('kept', '', line), columns)) this.#terminal?.write(`${row}\r\n`);
    }
  }

  sayMarked(texts: readonly MarkedText[]): void {
    const columns = this.#terminal?.columns ?? 80;
    for (const row of texts.flatMap((text) => rowsOfMarked(text, columns))) this.#terminal?.write(`${row}\r\n`);
  }

  tell(line: string): void {
    const columns = this.#terminal?.columns ?? 80;
    this.#terminal?.write(`\r${screenText(line).slice(0, columns - 1)}\u001b[K`);
  }

  async askCode(label: string, { maxLength }: CodeShape = {}): Promise<Secret> {
    const entry = createPinEntry(maxLength);
    return await this.#ask<Secret>((done) => ({
      line: () => `${label}: ${'•'.repeat(entry.length)}`,
      key: (key, byte) => {
        if (key === 'character') entry.push(byte);
        else if (key === 'backspace') entry.backspace();
        else if (key === 'enter' && entry.length > 0) done(entry.take());
      },
      drop: () => entry.clear(),
    }));
  }

  async askWord(label: string, word: string): Promise<void> {
    const entry = createConsentEntry(word);
    await this.#ask<undefined>((done) => ({
      line: () => `${label}: ${entry.typed}`,
      key: (key, byte) => {
        if (key === 'character') entry.push(byte);
        else if (key === 'backspace') entry.backspace();
        else if (key === 'enter') entry.confirm();
        if (entry.given) done(undefined);
      },
      drop: () => undefined,
    }));
  }

  async choose({ before, offers, after, hint }: Choice): Promise<number> {
    this.sayMarked([
      marked(before),
      ...offers.flatMap((offer, index) => offer(`${index + 1}  `)),
      ...(after === undefined ? [] : [marked(after)]),
    ]);
    const count = offers.length;
    return await this.#ask<number>((done) => (count <= 9 ? keyQuestion(hint, count, done) : this.#number(count, done)));
  }

  /** More than one key can name. */
  #number(count: number, done: (index: number) => void): Question {
    let typed = '';
    return {
      line: () => `${this.#words.typeNumber(count)}: ${typed}`,
      key: (key, byte) => {
        const digits = `${typed}${String.fromCharCode(byte)}`;
        if (key === 'character' && /^[1-9]\d*$/.test(digits) && Number(digits) <= count) typed = digits;
        else if (key === 'backspace') typed = typed.slice(0, -1);
        else if (key === 'enter' && typed !== '') done(Number(typed) - 1);
      },
      drop: () => undefined,
    };
  }

  async askLetter(label: string, letters: readonly string[]): Promise<number> {
    return await this.#ask<number>((done) => ({
      line: () => `${label}: `,
      key: (key, byte) => {
        const index = letters.indexOf(String.fromCharCode(byte).toLowerCase());
        if (key === 'character' && index >= 0) done(index);
      },
      drop: () => undefined,
    }));
  }

  draw(): void {
    const terminal = this.#terminal;
    const line = this.#question?.line();
    if (terminal === undefined || line === undefined) return;
    // The end of a line that is too long: there the dots are. A full row would move the cursor on.
    terminal.write(`\r${line.slice(-Math.max(terminal.columns - 1, 1))}\u001b[K`);
  }

  close(): void {
    this.fail(cancelled());
    clearTimeout(this.#stopping);
    this.#onClose();
    this.#terminal?.close();
    this.#terminal = undefined;
  }

  async #ask<T>(make: (done: (answer: T) => void) => Question): Promise<T> {
    this.cancelled.throwIfAborted();
    let question: Question | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#reject = reject;
        question = make((answer) => {
          // Keys that came in the same read belong to no question.
          this.#question = undefined;
          resolve(answer);
        });
        this.#question = question;
        this.draw();
      });
    } finally {
      question?.drop();
      this.#question = undefined;
      this.#terminal?.write('\r\n');
    }
  }
}

function keyQuestion(hint: string, count: number, done: (index: number) => void): Question {
  return {
    line: () => `${hint}: `,
    key: (key, byte) => {
      const number = byte - 0x30;
      if (key === 'character' && number >= 1 && number <= count) done(number - 1);
    },
    drop: () => undefined,
  };
}

function cancelled(): MiddlewareError {
  return new MiddlewareError('ERR_PIN_CANCELLED', 'Cancelled by the user');
}
