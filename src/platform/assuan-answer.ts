import { MiddlewareError } from '../core/errors.js';
import { Secret, wipeableBytes } from '../core/secret.js';

/** What a server answers to one command; `error` is its code without the part that names the source. */
export type AssuanAnswer = { readonly data: Secret } | { readonly error: number };

/** Libassuan: ASSUAN_LINELENGTH, the line feed not counted. */
const maxLineLength = 1000;
/** Longer than any code of a card. */
const maxDataLength = 64;
/** Status lines and comments that one answer may come with. */
const maxLines = 64;

const [lineFeed, carriageReturn, percent, space] = [0x0a, 0x0d, 0x25, 0x20];

/**
 * Reads the answers of an Assuan server (libassuan manual, "Server responses") out of bytes, without a string ever
 * holding what may be a PIN. Everything is bounded; lines are wiped when they were read.
 */
export class AssuanAnswers {
  readonly #onAnswer: (answer: AssuanAnswer) => void;
  readonly #line = wipeableBytes(maxLineLength);
  readonly #data = wipeableBytes(maxDataLength);
  #length = 0;
  #dataLength = 0;
  #lines = 0;

  constructor(onAnswer: (answer: AssuanAnswer) => void) {
    this.#onAnswer = onAnswer;
  }

  /**
   * Takes bytes without keeping them.
   *
   * @throws {MiddlewareError} ERR_PIN_DIALOGUE (`protocol`).
   */
  push(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === lineFeed) this.#endLine();
      else if (this.#length === maxLineLength) throw broken();
      else this.#line[this.#length++] = byte;
    }
  }

  wipe(): void {
    this.#line.fill(0);
    this.#data.fill(0);
    this.#length = 0;
    this.#dataLength = 0;
  }

  #endLine(): void {
    const end = this.#line[this.#length - 1] === carriageReturn ? this.#length - 1 : this.#length;
    try {
      this.#take(this.#line.subarray(0, end));
    } finally {
      this.#line.fill(0);
      this.#length = 0;
    }
  }

  #take(line: Uint8Array): void {
    if ((this.#lines += 1) > maxLines) throw broken();
    if (begins(line, 'OK')) this.#answer({ data: Secret.moveFrom(this.#data.subarray(0, this.#dataLength)) });
    else if (begins(line, 'ERR')) this.#answer({ error: errorCode(line) });
    else if (begins(line, 'D')) this.#decode(line.subarray(2));
    // A status or a comment; whatever else would be a question to us, and nobody has been told that we answer any.
    else if (!begins(line, 'S') && line[0] !== 0x23) throw broken();
  }

  #answer(answer: AssuanAnswer): void {
    this.#data.fill(0);
    this.#dataLength = 0;
    this.#lines = 0;
    this.#onAnswer(answer);
  }

  /** Percent escapes stand for any byte. */
  #decode(text: Uint8Array): void {
    for (let at = 0; at < text.length; at += 1) {
      let byte = text[at] ?? 0;
      if (byte === percent) {
        byte = (digitOf(text[at + 1]) << 4) | digitOf(text[at + 2]);
        at += 2;
      }
      if (this.#dataLength === maxDataLength) throw broken();
      this.#data[this.#dataLength++] = byte;
    }
  }
}

function begins(line: Uint8Array, word: string): boolean {
  for (let at = 0; at < word.length; at += 1) if (line[at] !== word.charCodeAt(at)) return false;
  return line.length === word.length || line[word.length] === space;
}

/** The lower 16 bits of the number after ERR (libgpg-error, GPG_ERR_CODE_MASK). */
function errorCode(line: Uint8Array): number {
  let code = 0;
  for (let at = 4; at < line.length && at < 16; at += 1) {
    const digit = (line[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    code = code * 10 + digit;
  }
  return code % 0x1_0000;
}

function digitOf(byte = 0): number {
  const lower = byte | 0x20;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  if (lower >= 0x61 && lower <= 0x66) return lower - 0x61 + 10;
  throw broken();
}

function broken(): MiddlewareError {
  return new MiddlewareError('ERR_PIN_DIALOGUE', 'Dialogue program broke the protocol', {
    fields: { reason: 'protocol' },
  });
}
