import { concatBytes } from '../../core/bytes.js';
import type { CardProtocol } from '../../iso7816/command-apdu.js';
import type { ParsedCommand } from './parsed-command.js';
import { sw, type Reply } from './status-words.js';

/** As if the command had asked for all that fits into a short answer. */
const MOST_UNASKED = 256;

const word = (statusWord: number): Uint8Array => Uint8Array.of(statusWord >> 8, statusWord & 0xff);

/**
 * Turns replies into answers (ISO/IEC 7816-3:2006 §12.2, ISO/IEC 7816-4:2020 §5.3.4): what the command did not ask for
 * waits for GET RESPONSE and is announced as 61xx; with T=0 an answer that is shorter than asked for is announced as
 * 6Cxx, and the command repeated with that length gets it without being carried out again.
 */
export class AnswerShaper {
  readonly #protocol: CardProtocol;
  #waiting: Uint8Array = new Uint8Array(0);
  #repeatable: { readonly command: ParsedCommand; readonly reply: Reply } | undefined;

  constructor(protocol: CardProtocol) {
    this.#protocol = protocol;
  }

  forget(): void {
    this.#waiting = new Uint8Array(0);
    this.#repeatable = undefined;
  }

  /** The reply that 6Cxx announced, when this is that command with the right length. Any other command forgets it. */
  takeRepeated(command: ParsedCommand): Reply | undefined {
    const kept = this.#repeatable;
    this.#repeatable = undefined;
    const isSame =
      kept?.command.ins === command.ins &&
      kept.command.cla === command.cla &&
      kept.command.p1 === command.p1 &&
      kept.command.p2 === command.p2 &&
      command.data.length === 0 &&
      command.ne === kept.reply.data.length;
    return isSame ? kept.reply : undefined;
  }

  getResponse(command: ParsedCommand): Uint8Array {
    const data = this.#waiting;
    if (command.p1 !== 0 || command.p2 !== 0) return word(sw.badP1P2);
    if (data.length === 0) return word(sw.conditions);
    const ne = command.ne ?? 0;
    if (ne === 0 || command.data.length > 0) return word(sw.wrongLength);
    if (this.#protocol === 'T=0' && ne > data.length) return word(0x6c00 | data.length);
    return this.#deliver(data, ne, sw.ok);
  }

  shape(command: ParsedCommand, reply: Reply): Uint8Array {
    this.#waiting = new Uint8Array(0);
    const { data, statusWord } = reply;
    if (data.length === 0) return word(statusWord);
    const ne = command.ne ?? (reply.unasked === true && this.#protocol === 'T=1' ? MOST_UNASKED : 0);
    if (this.#protocol === 'T=0' && ne > data.length) {
      this.#repeatable = { command, reply };
      return word(0x6c00 | data.length);
    }
    return this.#deliver(data, ne, statusWord);
  }

  #deliver(data: Uint8Array, ne: number, statusWord: number): Uint8Array {
    this.#waiting = data.slice(ne);
    const left = this.#waiting.length;
    return concatBytes(data.subarray(0, ne), word(left === 0 ? statusWord : 0x6100 | (left >= 256 ? 0 : left)));
  }
}
