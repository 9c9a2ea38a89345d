import { concatBytes } from '../../core/bytes.js';
import type { ParsedCommand } from './parsed-command.js';
import { sw } from './status-words.js';

const CHAINING_BIT = 0x10;

/** What a card lets be chained. */
export interface ChainRules {
  readonly instructions: readonly number[];
  /** Bytes that a whole chain may carry. */
  readonly maxLength: number;
}

/** Command chaining (ISO/IEC 7816-4:2020 §5.3.3). */
export class CommandChain {
  readonly #rules: ChainRules;
  #collected: Uint8Array = new Uint8Array(0);
  #header: string | undefined;

  constructor(rules: ChainRules) {
    this.#rules = rules;
  }

  forget(): void {
    this.#collected.fill(0);
    this.#collected = new Uint8Array(0);
    this.#header = undefined;
  }

  /** The complete command, or the status word of a block that is not the last. */
  add(command: ParsedCommand): ParsedCommand | number {
    const header = `${command.ins}/${command.p1}/${command.p2}`;
    if (this.#header !== header) this.forget();
    // An unchained command is not copied: it may hold a PIN, which only its owner wipes.
    if ((command.cla & CHAINING_BIT) === 0 && this.#header === undefined) return command;
    if (!this.#rules.instructions.includes(command.ins)) return sw.chainingUnsupported;
    const data = concatBytes(this.#collected, command.data);
    if (data.length > this.#rules.maxLength) {
      this.forget();
      return sw.wrongLength;
    }
    if ((command.cla & CHAINING_BIT) === 0) {
      this.forget();
      return { ...command, data };
    }
    this.#collected = data;
    this.#header = header;
    return sw.ok;
  }
}
