import { concatBytes } from '../../core/bytes.js';
import type { ParsedCommand } from '../virtual-card/parsed-command.js';
import { sw } from '../virtual-card/status-words.js';

const CHAINING_BIT = 0x10;
/** PERFORM SECURITY OPERATION, PUT DATA. */
const CHAINABLE: readonly number[] = [0x2a, 0xda, 0xdb];
/** Enough for an RSA-4096 key. */
const MAX_CHAIN = 2048;

/** Command chaining (ISO/IEC 7816-4:2020 §5.3.3): only some commands may be chained on this card. */
export class CommandChain {
  #collected: Uint8Array = new Uint8Array(0);
  #header: string | undefined;

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
    const data = concatBytes(this.#collected, command.data);
    if ((command.cla & CHAINING_BIT) === 0) {
      this.forget();
      return { ...command, data };
    }
    if (!CHAINABLE.includes(command.ins)) return sw.chainingUnsupported;
    if (data.length > MAX_CHAIN) {
      this.forget();
      return sw.wrongLength;
    }
    this.#collected = data;
    this.#header = header;
    return sw.ok;
  }
}
